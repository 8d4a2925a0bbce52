import type { Operation, Refusal } from '#domain/execution/operation.js';
import type { Timing } from '#domain/schedules/timing.js';
import type { InterpretInput, OperationResult, RunResult } from './run.js';
import type { Overlap, TickEnd } from './schedules.js';

/** What the control plane asks of Temporal. A method that throws says that Temporal cannot be asked now. */
export interface RunGateway {
  /** Idempotent by the run's id. Throws SluiceError of fault `user` when trying again cannot help. */
  start(input: InterpretInput): Promise<void>;
  cancel(
    runId: string,
    request: { readonly by: string; readonly reason?: string },
  ): Promise<'requested' | 'not-found' | 'already-ended'>;
  /**
   * Synchronous: done or refused by the time it answers. `id`: the same id is the same operation, done once.
   */
  operate(runId: string, operation: Operation, id: string): Promise<OperationAnswer>;
  describe(runId: string): Promise<RunDescription>;
  /**
   * Has a worker go through the run's history, by which it records all of it once more. Resolves when one has tried;
   * rejects when none could be asked.
   */
  replay(runId: string): Promise<void>;
  /** What waits in task queues, about, and who serves them. */
  describeQueues(queues: readonly string[]): Promise<readonly QueueFigures[]>;
  readonly attempts: AttemptGateway;
  readonly schedules: ScheduleGateway;
  /** Returns when Temporal answers and knows the namespace. */
  check(): Promise<void>;
}

/** Schedules, as Temporal has them. */
export interface ScheduleGateway {
  /** Makes it what it should be, or leaves it where it is so already. Throws where Temporal does not take it. */
  put(schedule: WantedSchedule): Promise<ScheduleFigures>;
  /** Also where there is none. */
  remove(schedule: string): Promise<void>;
  /** Orders a tick besides those of time. The same moment is the same tick, however often it is ordered. */
  trigger(schedule: string, order: { readonly at: Date; readonly overlap?: Overlap }): Promise<void>;
  /** Orders the ticks from one moment to another, both inclusive. */
  backfill(
    schedule: string,
    order: { readonly from: Date; readonly to: Date; readonly overlap: Overlap },
  ): Promise<void>;
  /** Tells a tick what came of it; false where it is no more. */
  endTick(workflowId: string, end: TickEnd): Promise<boolean>;
}

export interface WantedSchedule {
  readonly id: string;
  /** One that is newer is left alone. */
  readonly revision: number;
  readonly timing: Timing;
  readonly overlap: Overlap;
  readonly catchUpMs: number;
  /** Why it is paused; undefined: it ticks. */
  readonly paused: string | undefined;
  /** What Temporal shows people of it. */
  readonly summary: string;
}

/** Ticks that were left out so far. */
export interface ScheduleFigures {
  /** Because of an overlap. */
  readonly skipped: number;
  /** Because it was too late for them. */
  readonly missed: number;
}

export interface QueueFigures {
  readonly queue: string;
  readonly kind: 'workflow' | 'activity';
  /** Tasks that wait for a worker. */
  readonly backlog: number;
  /** Of the oldest of them. */
  readonly oldestSeconds: number;
  readonly pollers: number;
}

/** What Temporal is told of attempts that go on without a worker. `gone`: nobody waits for this one any longer. */
export interface AttemptGateway {
  /** That it lives. */
  beat(taskToken: Uint8Array): Promise<'waiting' | 'cancel-requested' | 'gone'>;
  /** That its answer has come: a worker takes the attempt, by its number, up again. */
  takeUp(taskToken: Uint8Array, attempt: number): Promise<'done' | 'gone'>;
  /** That it was given up, as asked. */
  reportCanceled(taskToken: Uint8Array): Promise<'done' | 'gone'>;
}

export type OperationAnswer =
  | { readonly outcome: 'done'; readonly result: OperationResult }
  | { readonly outcome: 'refused'; readonly refusal: Refusal }
  | { readonly outcome: 'not-found' | 'already-ended' };

/** A look of the interpreter at its run that is due. */
export interface PendingTask {
  /** From 1; more when workers failed at it, or were lost over it. */
  readonly attempt: number;
  /** Whether a worker has it. */
  readonly taken: boolean;
  /** When it became due, in milliseconds since the epoch. */
  readonly since: number;
  /** Why a worker failed at it last. */
  readonly failure?: string;
}

/** What has become of a run, as Temporal's history has it. */
export interface RunDescription {
  readonly status: 'running' | 'completed' | 'failed' | 'canceled' | 'terminated' | 'timed-out' | 'not-found';
  /** What the interpreter left: always of a completed run, mostly of a failed one. */
  readonly result?: RunResult;
  /** Of a running one: the length of its history. */
  readonly events?: number;
  /** Of a running one: what a worker has to do next, where it is not waiting for something else. */
  readonly pending?: PendingTask;
  /** Of one that is not found: how long Temporal keeps the history of a run that has ended. */
  readonly keptMs?: number;
  /** Why it ended without a result. */
  readonly reason?: string;
}
