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
  /** What waits in task queues, about, and who serves them. */
  describeQueues(queues: readonly string[]): Promise<readonly QueueFigures[]>;
  /** Returns when Temporal answers and knows the namespace. */
  check(): Promise<void>;
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

export type OperationAnswer =
  | { readonly outcome: 'done'; readonly result: OperationResult }
  | { readonly outcome: 'refused'; readonly refusal: Refusal }
  | { readonly outcome: 'not-found' | 'already-ended' };

/** What has become of a run, as Temporal's history has it. */
export interface RunDescription {
  readonly status: 'running' | 'completed' | 'failed' | 'canceled' | 'terminated' | 'timed-out' | 'not-found';
  /** What the interpreter left: always of a completed run, mostly of a failed one. */
  readonly result?: RunResult;
  /** Of a running one: the length of its history. */
  readonly events?: number;
  /** Why it ended without a result. */
  readonly reason?: string;
}
