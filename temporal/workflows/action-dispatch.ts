import { CancellationScope, isCancellation, scheduleActivity } from '@temporalio/workflow';
import type { ActionInput, ActionResult, InterpretInput } from '#contracts/run.js';
import type { Command } from '#domain/execution/command.js';
import type { RunEvent } from '#domain/execution/event.js';
import type { StepKey } from '#domain/execution/state.js';
import { activityIdOf, attemptsUsed, chooseOptions, isWorkerLoss } from './action-options.js';
import { toStepFailure } from './failure-conversion.js';
import { WorkspacePlacement } from './workspace-placement.js';

export type RunAction = Extract<Command, { type: 'run-action' }>;

/** Activities of one run under way at once; Temporal refuses more than 2,000. The rest waits its turn here. */
const MAX_IN_FLIGHT = 500;

/** Times that one step is begun anew because the worker that ran it vanished. */
const MAX_LOSSES = 20;

/** Turns actions into activities on their queues, and what becomes of those into events. */
export class ActionDispatch {
  private readonly underWay = new Map<StepKey, CancellationScope>();
  private backlog: RunAction[] = [];
  /** Attempts made of each step so far; a container that is retried runs its steps once more. */
  private readonly made = new Map<StepKey, number>();
  private readonly placement: WorkspacePlacement;

  constructor(
    private readonly input: InterpretInput,
    private readonly emit: (event: RunEvent) => void,
  ) {
    this.placement = new WorkspacePlacement(
      input.run.id,
      (command) => ({ ...this.argumentOf(command), rebuild: true }),
      this.made,
    );
  }

  run(command: RunAction): void {
    if (this.underWay.size >= MAX_IN_FLIGHT) {
      this.backlog.push(command);
      return;
    }
    const scope = new CancellationScope();
    this.underWay.set(command.step, scope);
    scope
      .run(() => this.execute(command))
      .then(
        ({ output, attempts }) => {
          this.made.set(command.step, attempts);
          this.emit({ type: 'action-succeeded', step: command.step, output, attempts });
        },
        (error: unknown) => this.emit(this.failed(command, scope, error)),
      )
      .finally(() => {
        this.underWay.delete(command.step);
        const next = this.backlog.shift();
        if (next !== undefined) this.run(next);
      });
  }

  cancel(step: StepKey): void {
    const waiting = this.backlog.length;
    this.backlog = this.backlog.filter((command) => command.step !== step);
    if (this.backlog.length < waiting) this.emit({ type: 'action-canceled', step });
    else this.underWay.get(step)?.cancel();
  }

  private failed(command: RunAction, scope: CancellationScope, error: unknown): RunEvent {
    const { step } = command;
    const failure = toStepFailure(error);
    const attempts = failure.attempts ?? this.madeOf(step) + attemptsUsed(command, error);
    this.made.set(step, attempts);
    if (scope.consideredCancelled && isCancellation(error)) return { type: 'action-canceled', step };
    return { type: 'action-failed', step, error: failure.error, attempts };
  }

  private async execute(command: RunAction): Promise<ActionResult> {
    const { node } = command;
    for (let losses = 0; ; losses++) {
      const queue = node.workspace ? await this.placement.queue() : node.queue;
      try {
        const argument = this.argumentOf(command);
        const result = await scheduleActivity<ActionResult>(node.action, [argument], {
          ...chooseOptions(command, queue, losses),
          activityId: activityIdOf(command.step, argument.attemptsBefore),
        });
        if (node.workspace && node.fillsWorkspace) this.placement.filled(command);
        return result;
      } catch (error) {
        if (losses >= MAX_LOSSES || !isWorkerLoss(command, error)) throw error;
        this.made.set(command.step, this.madeOf(command.step) + attemptsUsed(command, error));
        if (node.workspace) await this.placement.verify(queue);
      }
    }
  }

  private madeOf(step: StepKey): number {
    return this.made.get(step) ?? 0;
  }

  private argumentOf({ step, with: value }: RunAction): ActionInput {
    const { run, project } = this.input;
    return {
      run: { id: run.id, workflow: run.workflow, version: run.version },
      project,
      step,
      attemptsBefore: this.madeOf(step),
      idempotencyKey: `${run.id}/${step}`,
      with: value,
    };
  }
}
