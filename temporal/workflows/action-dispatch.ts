import { CancellationScope, isCancellation, scheduleActivity } from '@temporalio/workflow';
import type {
  ActionInput,
  ActionResult,
  CarriedAction,
  Continuation,
  InterpretInput,
} from '#contracts/run.js';
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
  /** Of every action's scope: one action is never below another, whose end commanded it. */
  private readonly parent = CancellationScope.current();
  private readonly underWay = new Map<StepKey, CancellationScope>();
  private backlog: RunAction[] = [];
  private held = false;
  /** Attempts made of each step so far; a container that is retried runs its steps once more. */
  private readonly made: Map<StepKey, number>;
  private readonly placement: WorkspacePlacement;

  constructor(
    private readonly input: InterpretInput,
    private readonly emit: (event: RunEvent) => void,
  ) {
    this.made = new Map(Object.entries(input.continued?.attempts ?? {}));
    this.placement = new WorkspacePlacement(
      input.run.id,
      (command) => ({ ...this.argumentOf(command), rebuild: true }),
      this.made,
    );
    this.placement.fillers.push(...this.unpack(input.continued?.fillers ?? []));
  }

  /** Nothing is under way; the rest can be carried over. */
  get quiet(): boolean {
    return this.underWay.size === 0;
  }

  /** From now on nothing more is begun. */
  hold(): void {
    this.held = true;
  }

  carry(): Pick<Continuation, 'waiting' | 'attempts' | 'fillers'> {
    return {
      waiting: this.backlog.map(pack),
      attempts: Object.fromEntries(this.made),
      fillers: this.placement.fillers.map(pack),
    };
  }

  /** Goes on with what another execution carried over. */
  resume(waiting: readonly CarriedAction[]): void {
    for (const command of this.unpack(waiting)) this.run(command);
  }

  private unpack(actions: readonly CarriedAction[]): RunAction[] {
    return actions.map(({ step, node, with: value }) => ({
      type: 'run-action',
      step,
      node: this.input.plan.nodes[node] as RunAction['node'],
      with: value,
    }));
  }

  /** Takes it in; `dispatch` begins it. */
  run(command: RunAction): void {
    this.backlog.push(command);
  }

  /** Begins what waits, as far as there is room. */
  dispatch(): void {
    const room = this.held ? 0 : MAX_IN_FLIGHT - this.underWay.size;
    for (const command of this.backlog.splice(0, room)) {
      const scope = new CancellationScope({ cancellable: true, parent: this.parent });
      this.underWay.set(command.step, scope);
      void scope.run(() => this.execute(command, 0));
    }
  }

  cancel(step: StepKey): void {
    const waiting = this.backlog.length;
    this.backlog = this.backlog.filter((command) => command.step !== step);
    if (this.backlog.length < waiting) this.emit({ type: 'action-canceled', step });
    else this.underWay.get(step)?.cancel();
  }

  /** Never rejects. Written without `await`, for each promise of a workflow costs as much as a decision. */
  private execute(command: RunAction, losses: number): Promise<void> {
    const { node } = command;
    if (!node.workspace) return this.executeOn(node.queue, command, losses);
    return this.placement.queue().then(
      (queue) => this.executeOn(queue, command, losses),
      (error: unknown) => this.failed(command, error),
    );
  }

  private executeOn(queue: string, command: RunAction, losses: number): Promise<void> {
    const argument = this.argumentOf(command);
    return scheduleActivity<ActionResult>(command.node.action, [argument], {
      ...chooseOptions(command, queue, losses),
      activityId: activityIdOf(command.step, argument.attemptsBefore),
    }).then(
      (result) => this.succeeded(command, result),
      (error: unknown) =>
        losses < MAX_LOSSES && isWorkerLoss(command, error)
          ? this.executeAgain(queue, command, losses, error)
          : this.failed(command, error),
    );
  }

  private executeAgain(queue: string, command: RunAction, losses: number, error: unknown): Promise<void> {
    this.made.set(command.step, this.madeOf(command.step) + attemptsUsed(command, error));
    if (!command.node.workspace) return this.execute(command, losses + 1);
    return this.placement.verify(queue).then(
      () => this.execute(command, losses + 1),
      (failure: unknown) => this.failed(command, failure),
    );
  }

  private succeeded(command: RunAction, { output, attempts }: ActionResult): void {
    const { node, step } = command;
    this.made.set(step, attempts);
    if (node.workspace && node.fillsWorkspace) this.placement.filled(command);
    this.end({ type: 'action-succeeded', step, output, attempts });
  }

  private failed(command: RunAction, error: unknown): void {
    const { step } = command;
    const canceled = this.underWay.get(step)?.consideredCancelled === true && isCancellation(error);
    const failure = toStepFailure(error);
    const attempts = failure.attempts ?? this.madeOf(step) + attemptsUsed(command, error);
    this.made.set(step, attempts);
    this.end(
      canceled
        ? { type: 'action-canceled', step }
        : { type: 'action-failed', step, error: failure.error, attempts },
    );
  }

  private end(event: Extract<RunEvent, { type: `action-${string}`; step: StepKey }>): void {
    this.underWay.delete(event.step);
    this.emit(event);
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

function pack({ step, node, with: value }: RunAction): CarriedAction {
  return { step, node: node.index, with: value };
}
