import type { Operation, Refusal } from '#domain/execution/operation.js';
import type { InterpretInput, OperationResult, RunResult } from './run.js';

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
  readonly attempts: AttemptGateway;
  /** Returns when Temporal answers and knows the namespace. */
  check(): Promise<void>;
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
