import { randomUUID } from 'node:crypto';
import type { ChildRunStore } from '#contracts/ports.js';
import type { ActionInput, ChildRunRequest, InterpretInput, ParentRun } from '#contracts/run.js';
import { ClaimsDesk } from '#domain/driving/claims-desk.js';
import { Drive } from '#domain/driving/drive.js';
import type { AttemptEnd, RunAction, RunWorkflow, Stop, WorkflowEnd, World } from '#domain/driving/world.js';
import { attemptLimitOf } from '#domain/execution/attempt-policy.js';
import {
  inheritError,
  MAX_DEPTH,
  rejectedError,
  stoppedError,
  TOO_DEEP,
} from '#domain/execution/child-failures.js';
import type { FinalStatus, PublishedEvent, Transition } from '#domain/execution/command.js';
import { isAwaited } from '#domain/execution/inbox.js';
import type { RunState } from '#domain/execution/state.js';
import { isClaimed } from '#domain/plan/is-claimed.js';
import type { Plan } from '#domain/plan/plan.js';
import type { AttemptOutcome, MakeAttempt } from '#temporal/activities/attempt.js';
import { describeFailure } from '#temporal/activities/attempt-failure.js';
import { createPrepareChild } from '#temporal/activities/orchestration/prepare-child.js';
import { Slots } from './slots.js';
import { SystemClock } from './system-clock.js';

export const LOCAL_PROJECT = 'local';

/** Pause before a run that another one's concurrency group holds back is asked for again. */
const GROUP_PAUSE_MS = 500;

/** A run in this process: the one that was asked for, or one that a step of it started. */
export interface LocalRun {
  readonly id: string;
  /** What stands before the keys of its steps, where they are shown beside those of other runs: `canary/`. */
  readonly prefix: string;
  readonly drive: Drive;
}

export interface RunListener {
  started(run: LocalRun, input: InterpretInput): void;
  recorded(run: LocalRun, transition: Transition): void;
  published(run: LocalRun, event: PublishedEvent): void;
  finished(run: LocalRun, status: FinalStatus): void;
  /** Nothing is under way in any run, nor will anything be unless somebody does something. */
  stuck(): void;
}

export interface LocalRunsOptions {
  readonly slots: number;
  readonly attemptsOf: (action: string) => MakeAttempt;
  /** Workflows that steps may run. */
  readonly find: ChildRunStore['find'];
  readonly poolNames: readonly string[];
  readonly listener: RunListener;
}

interface Group {
  readonly name: string;
  readonly run: string;
}

/** All runs of one command: they share locks, events and the number of actions at once. */
export class LocalRuns {
  readonly living = new Map<string, LocalRun>();
  private readonly clock = new SystemClock();
  private readonly groups: Group[] = [];
  private readonly claims: ClaimsDesk;
  private readonly slots: Slots;
  private readonly prepare: (request: ChildRunRequest) => Promise<InterpretInput>;
  private readonly attempts = new Set<AbortController>();
  private pending = 0;
  private outside = 0;
  private looking = false;

  constructor(private readonly options: LocalRunsOptions) {
    // Pools are set up on a server; here each that a definition names is there, and has no limit.
    this.claims = new ClaimsDesk(new Map(options.poolNames.map((name) => [name, {}])));
    this.slots = new Slots(options.slots);
    this.prepare = createPrepareChild({
      find: options.find,
      add: async (child) => {
        const { concurrency } = child;
        const id = randomUUID();
        const busy = this.groups.find(({ name, run }) => name === concurrency?.group && this.living.has(run));
        if (busy !== undefined) {
          if (concurrency?.policy === 'cancel')
            this.living.get(busy.run)?.drive.take({ type: 'cancel-requested' });
          return { outcome: concurrency?.policy === 'reject' ? 'rejected' : 'busy', run: busy.run };
        }
        if (concurrency !== undefined) this.groups.push({ name: concurrency.group, run: id });
        return { outcome: 'added', id, createdAt: new Date() };
      },
    });
  }

  begin(
    input: InterpretInput,
    prefix: string,
    ended: (status: FinalStatus, state: RunState) => void,
  ): LocalRun {
    const { listener } = this.options;
    const world: World = {
      clock: this.clock,
      claims: this.claims,
      beginAttempt: (command, attempt, end) => this.beginAttempt(run, command, attempt, end),
      beginWorkflow: (command, attempt, end) => this.beginWorkflow(run, input, command, attempt, end),
      breathe: (over) => void setImmediate(over),
      record: (transition) => {
        listener.recorded(run, transition);
        this.lookWhetherStuck();
      },
      publish: (event) => {
        listener.published(run, event);
        if (event.type === 'event.emitted') this.deliver(run, event);
      },
      finished: (status, state) => {
        this.living.delete(input.run.id);
        if (this.living.size === 0) this.clock.stop();
        listener.finished(run, status);
        ended(status, state);
      },
    };
    const run: LocalRun = {
      id: input.run.id,
      prefix,
      drive: new Drive(input.plan, input.run, input.inputs, world),
    };
    this.living.set(run.id, run);
    listener.started(run, input);
    run.drive.start();
    return run;
  }

  /** @param work to be done then, by people or programs outside */
  after(ms: number, work: () => void): void {
    this.outside++;
    this.clock.after(ms, () => {
      this.outside--;
      work();
    });
  }

  /** Leaves everything as it is: nothing fires any more, and every action is asked to stop. */
  abort(): void {
    this.clock.stop();
    this.living.clear();
    for (const controller of this.attempts) controller.abort();
  }

  private beginAttempt(
    run: LocalRun,
    command: RunAction,
    attempt: number,
    end: (end: AttemptEnd) => void,
  ): Stop {
    const controller = new AbortController();
    this.attempts.add(controller);
    const leave = this.slots.enter(async (free) => {
      const outcome = controller.signal.aborted
        ? ({ status: 'canceled' } as const)
        : await this.options.attemptsOf(command.node.action)(argumentOf(run, command, attempt), {
            attempt,
            limitMs: attemptLimitOf(command.node),
            cancellation: controller.signal,
          });
      free();
      this.attempts.delete(controller);
      end(endOf(outcome));
    });
    return () => {
      controller.abort();
      if (!leave()) return;
      this.attempts.delete(controller);
      setImmediate(() => end({ type: 'canceled' }));
    };
  }

  private beginWorkflow(
    run: LocalRun,
    input: InterpretInput,
    command: RunWorkflow,
    attempt: number,
    end: (end: WorkflowEnd) => void,
  ): Stop {
    const request = requestOf(input, command, attempt);
    let stopped = false;
    let child: LocalRun | undefined;
    const finish = (outcome: WorkflowEnd): void => {
      this.pending--;
      end(outcome);
    };
    const begin = async (): Promise<void> => {
      if (stopped) return finish({ type: 'canceled' });
      if (request.parent.depth > MAX_DEPTH) return finish({ type: 'failed', error: TOO_DEEP });
      try {
        const prepared = await this.prepare(request);
        child = this.begin(prepared, `${run.prefix}${command.step}/`, (status, state) => {
          this.pending--;
          end(endOfRun(prepared.run.id, status, state, stopped));
        });
        if (stopped) child.drive.take({ type: 'cancel-requested' });
      } catch (error) {
        const failure = describeFailure(error, (text) => text);
        if (failure.retryable) this.clock.after(GROUP_PAUSE_MS, () => void begin());
        else finish({ type: 'failed', error: failure.error });
      }
    };
    this.pending++;
    setImmediate(() => void begin());
    return () => {
      stopped = true;
      child?.drive.take({ type: 'cancel-requested' });
    };
  }

  /** Every other run that waits for it now gets it, as on the platform. */
  private deliver(source: LocalRun, event: PublishedEvent): void {
    const name = event.name ?? '';
    const waiting = [...this.living.values()].filter(
      ({ id, drive }) => id !== source.id && isAwaited({ plan: drive.plan, state: drive.state }, name),
    );
    for (const { drive } of waiting) {
      const author = { by: `run:${source.id}`, roles: [] };
      setImmediate(() => drive.operate({ type: 'send-event', name, data: event.data ?? null, ...author }));
    }
  }

  /** Looked at once all that happens now has happened. */
  private lookWhetherStuck(): void {
    if (this.looking) return;
    this.looking = true;
    setImmediate(() => {
      this.looking = false;
      if (this.living.size > 0 && !this.moves()) this.options.listener.stuck();
    });
  }

  private moves(): boolean {
    if (this.attempts.size > 0 || this.outside > 0) return true;
    const children = this.living.size - 1;
    // A step that runs another workflow moves as that does.
    if (this.pending > children) return true;
    return [...this.living.values()].some(({ drive }) => drive.moves);
  }
}

function argumentOf(run: LocalRun, { step, node, with: value }: RunAction, attempt: number): ActionInput {
  const { id, workflow, version } = run.drive.state.run;
  return {
    run: { id, workflow, version },
    project: LOCAL_PROJECT,
    step,
    attemptsBefore: attempt - 1,
    idempotencyKey: `${id}/${step}`,
    with: value,
    ...(node.secrets === undefined ? {} : { secrets: node.secrets }),
    ...(node.outputSchema === undefined ? {} : { outputSchema: node.outputSchema }),
  };
}

function requestOf(
  { run, plan, parent }: InterpretInput,
  { step, node, inputs }: RunWorkflow,
  attempt: number,
): ChildRunRequest {
  const above: ParentRun = {
    run: run.id,
    step,
    depth: (parent?.depth ?? 0) + 1,
    holdsClaims: parent?.holdsClaims === true || holdsClaims(plan, node.index),
  };
  return {
    project: LOCAL_PROJECT,
    workflow: node.workflow,
    version: node.version,
    inputs,
    startedBy: run.startedBy,
    parent: above,
    attemptsBefore: attempt - 1,
  };
}

function holdsClaims(plan: Plan, index: number): boolean {
  return plan.concurrency !== undefined || isClaimed(plan, index);
}

function endOf(outcome: AttemptOutcome): AttemptEnd {
  switch (outcome.status) {
    case 'succeeded':
      return { type: 'succeeded', output: outcome.output };
    case 'failed':
      return { type: 'failed', ...outcome.failure };
    case 'canceled':
      return { type: 'canceled' };
    case 'handed-over':
      throw new Error('an action went on where nobody can tell of its end');
  }
}

function endOfRun(
  id: string,
  status: FinalStatus,
  { output, error }: RunState,
  stopped: boolean,
): WorkflowEnd {
  switch (status) {
    case 'succeeded':
      return { type: 'succeeded', output: output ?? null };
    case 'rejected':
      return { type: 'failed', error: rejectedError(id) };
    case 'canceled':
      return stopped ? { type: 'canceled' } : { type: 'failed', error: stoppedError(id, false) };
    case 'failed':
      return { type: 'failed', error: inheritError(id, error!) };
  }
}
