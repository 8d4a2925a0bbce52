import {
  CancellationScope,
  isCancellation,
  scheduleActivity,
  scheduleLocalActivity,
} from '@temporalio/workflow';
import { poolQueueOf } from '#contracts/names.js';
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
import {
  activityIdOf,
  answeredAttemptOf,
  attemptsUsed,
  type Before,
  chooseInlineOptions,
  chooseOptions,
  isWorkerLoss,
  runsInline,
  untried,
} from './action-options.js';
import { ActionScope } from './action-scope.js';
import { type RunWorkflow, runChild } from './child-run.js';
import { toStepFailure } from './failure-conversion.js';
import type { InlinePace } from './inline-pace.js';
import { WorkspacePlacement } from './workspace-placement.js';

export type RunAction = Extract<Command, { type: 'run-action' }>;

type Work = RunAction | RunWorkflow;

/** Activities and child workflows of one run under way at once; Temporal refuses more than 2,000. The rest waits its turn here. */
const MAX_IN_FLIGHT = 500;

/**
 * Of these, actions that run in the worker that interprets. It does them one after the other whosever they are, so those
 * that a run has handed over stand before those of every other.
 */
const MAX_INLINE_IN_FLIGHT = 20;

/** Times that one step is begun anew because the worker that ran it vanished. */
const MAX_LOSSES = 20;

/** Turns actions into activities on their queues, steps that run a workflow into child workflows, and their ends into events. */
export class ActionDispatch {
  /** Of every scope: no action is below another, whose end commanded it. */
  private readonly parent = CancellationScope.current();
  private readonly underWay = new Map<StepKey, CancellationScope | ActionScope>();
  private readonly backlog: Work[] = [];
  private readonly inlineBacklog: RunAction[] = [];
  private readonly inlineUnderWay = new Set<StepKey>();
  private held = false;
  /** Attempts made of each step so far; a container that is retried runs its steps once more. */
  private readonly made: Map<StepKey, number>;
  /** By worker pool; undefined names the workers that belong to none. */
  private readonly placements = new Map<string | undefined, WorkspacePlacement>();

  constructor(
    private readonly input: InterpretInput,
    private readonly emit: (event: RunEvent) => void,
    private readonly pace: InlinePace,
  ) {
    this.made = new Map(Object.entries(input.continued?.attempts ?? {}));
    for (const carried of input.continued?.fillers ?? []) {
      const filler = this.unpack(carried);
      if (filler.type === 'run-action') this.placementOf(filler).filled(filler);
    }
  }

  /** Nothing is under way; the rest can be carried over. */
  get quiet(): boolean {
    return this.underWay.size === 0;
  }

  /** From now on nothing more is begun. */
  hold(): void {
    this.held = true;
  }

  /** @param isForgotten of which steps the run keeps nothing, so that their attempts are none of the next execution's */
  carry(isForgotten: (step: StepKey) => boolean): Pick<Continuation, 'waiting' | 'attempts' | 'fillers'> {
    return {
      waiting: [...this.backlog, ...this.inlineBacklog].map(pack),
      attempts: Object.fromEntries([...this.made].filter(([step]) => !isForgotten(step))),
      fillers: [...this.placements.values()].flatMap(({ fillers }) => fillers.map(pack)),
    };
  }

  /** Goes on with what another execution carried over. */
  resume(waiting: readonly CarriedAction[]): void {
    for (const carried of waiting) this.run(this.unpack(carried));
  }

  private unpack({ step, node: index, with: value }: CarriedAction): Work {
    const node = this.input.plan.nodes[index]!;
    return node.kind === 'workflow'
      ? { type: 'run-workflow', step, node, inputs: value }
      : { type: 'run-action', step, node: node as RunAction['node'], with: value };
  }

  /** Takes it in; `dispatch` begins it. */
  run(command: Work): void {
    if (command.type === 'run-action' && runsInline(command.node)) this.inlineBacklog.push(command);
    else this.backlog.push(command);
  }

  /** Begins what waits, as far as there is room. */
  dispatch(): void {
    if (this.held) return;
    let inline = 0;
    const room = MAX_INLINE_IN_FLIGHT - this.inlineUnderWay.size;
    while (inline < Math.min(room, this.inlineBacklog.length) && this.pace.admit()) inline++;
    for (const command of this.inlineBacklog.splice(0, inline)) {
      this.inlineUnderWay.add(command.step);
      this.begin(command);
    }
    for (const command of this.backlog.splice(0, MAX_IN_FLIGHT - this.underWay.size)) this.begin(command);
  }

  private begin(command: Work): void {
    const scope =
      command.type === 'run-workflow' || command.node.workspace
        ? new CancellationScope({ cancellable: true, parent: this.parent })
        : new ActionScope();
    this.underWay.set(command.step, scope);
    void scope.run(() =>
      command.type === 'run-workflow'
        ? this.executeWorkflow(command)
        : this.execute(command, untried(this.madeOf(command.step))),
    );
  }

  cancel(step: StepKey): void {
    const waits = ({ step: waiting }: Work): boolean => waiting === step;
    const backlog = [this.backlog, this.inlineBacklog].find((commands) => commands.some(waits));
    if (backlog === undefined) return this.underWay.get(step)?.cancel();
    backlog.splice(backlog.findIndex(waits), 1);
    this.emit({ type: 'action-canceled', step });
  }

  /** Never rejects. Written without `await`, for each promise of a workflow costs as much as a decision. */
  private execute(command: RunAction, before: Before): Promise<void> {
    const { node } = command;
    if (runsInline(node)) return this.executeInline(command, before);
    if (!node.workspace) return this.executeOn(poolQueueOf(node.queue, node.pool), command, before);
    return this.placementOf(command)
      .queue()
      .then(
        (queue) => this.executeOn(queue, command, before),
        (error: unknown) => this.failed(command, error),
      );
  }

  private executeOn(queue: string, command: RunAction, before: Before): Promise<void> {
    const argument = this.argumentOf(command, before);
    const { attemptsBefore } = argument;
    return scheduleActivity<ActionResult>(command.node.action, [argument], {
      ...chooseOptions(command, queue, before),
      activityId: activityIdOf(command.step, attemptsBefore),
    }).then(
      (result) => this.succeeded(command, result),
      (error: unknown) => {
        const answered = answeredAttemptOf(error);
        if (answered === undefined) return this.lostOrFailed(queue, command, before, error);
        // The attempt goes on where it was: it is counted once.
        this.made.set(command.step, answered - 1);
        const attempts = before.attempts + answered - 1 - attemptsBefore;
        return this.executeOn(queue, command, { ...before, attempts });
      },
    );
  }

  private executeInline(command: RunAction, before: Before): Promise<void> {
    return scheduleLocalActivity<ActionResult>(
      command.node.action,
      [this.argumentOf(command, before)],
      chooseInlineOptions(command),
    ).then(
      (result) => this.succeeded(command, result),
      (error: unknown) => this.lostOrFailed('', command, before, error),
    );
  }

  private lostOrFailed(
    queue: string,
    command: RunAction,
    before: Before,
    error: unknown,
  ): Promise<void> | void {
    if (before.losses >= MAX_LOSSES || !isWorkerLoss(command, error)) return this.failed(command, error);
    this.made.set(command.step, this.madeOf(command.step) + attemptsUsed(command, error));
    const again = { ...before, losses: before.losses + 1, attempts: 0 };
    if (!command.node.workspace) return this.execute(command, again);
    return this.placementOf(command)
      .verify(queue)
      .then(
        () => this.execute(command, again),
        (failure: unknown) => this.failed(command, failure),
      );
  }

  private executeWorkflow(command: RunWorkflow): Promise<void> {
    const { step } = command;
    const attempts = this.madeOf(step) + 1;
    return runChild(this.input, command, attempts - 1).then(
      (output) => {
        this.made.set(step, attempts);
        this.end({ type: 'action-succeeded', step, output, attempts });
      },
      (error: unknown) => this.conclude(step, error, attempts),
    );
  }

  private placementOf({ node: { pool } }: RunAction): WorkspacePlacement {
    const known = this.placements.get(pool);
    if (known !== undefined) return known;
    const placement = new WorkspacePlacement(
      { run: this.input.run.id, ...(pool === undefined ? {} : { pool }) },
      (command) => ({
        ...this.argumentOf(command, untried(this.madeOf(command.step))),
        rebuild: true,
      }),
      this.made,
    );
    this.placements.set(pool, placement);
    return placement;
  }

  private succeeded(command: RunAction, { output, attempts }: ActionResult): void {
    const { node, step } = command;
    this.made.set(step, attempts);
    if (node.workspace && node.fillsWorkspace) this.placementOf(command).filled(command);
    this.end({ type: 'action-succeeded', step, output, attempts });
  }

  private failed(command: RunAction, error: unknown): void {
    this.conclude(command.step, error, this.madeOf(command.step) + attemptsUsed(command, error));
  }

  /** @param attempts of the step, where the failure does not tell */
  private conclude(step: StepKey, error: unknown, attempts: number): void {
    const canceled = this.underWay.get(step)?.consideredCancelled === true && isCancellation(error);
    const failure = toStepFailure(error);
    const made = failure.attempts ?? attempts;
    this.made.set(step, made);
    this.end(
      canceled
        ? { type: 'action-canceled', step }
        : { type: 'action-failed', step, error: failure.error, attempts: made },
    );
  }

  private end(event: Extract<RunEvent, { type: `action-${string}`; step: StepKey }>): void {
    this.underWay.delete(event.step);
    this.inlineUnderWay.delete(event.step);
    this.emit(event);
  }

  private madeOf(step: StepKey): number {
    return this.made.get(step) ?? 0;
  }

  private argumentOf({ step, node, with: value }: RunAction, before: Before): ActionInput {
    const { run, project, origin } = this.input;
    return {
      run: { id: run.id, workflow: run.workflow, version: run.version },
      project,
      step,
      attemptsBefore: this.madeOf(step),
      ...(before.begunAfter === 0 ? {} : { begunAfter: before.begunAfter }),
      ...(before.losses === 0 ? {} : { afterLoss: true }),
      idempotencyKey: `${run.id}/${step}`,
      with: value,
      ...(node.secrets === undefined ? {} : { secrets: node.secrets }),
      ...(node.outputSchema === undefined ? {} : { outputSchema: node.outputSchema }),
      ...(origin === undefined ? {} : { origin }),
    };
  }
}

function pack(command: Work): CarriedAction {
  const { step, node } = command;
  return { step, node: node.index, with: command.type === 'run-workflow' ? command.inputs : command.with };
}
