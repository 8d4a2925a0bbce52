import { CancellationScope, CancelledFailure } from '@temporalio/workflow';

type Listener = (failure: CancelledFailure) => void;

/**
 * A cancellable scope around the scheduling of one activity. It is to the SDK what a CancellationScope below one that is
 * shielded is, without that one's six promises: the SDK takes a stack trace of each promise of a workflow, and those of
 * ten actions cost more than all else that the interpreter does for them. No other scope may be opened inside.
 */
export class ActionScope {
  readonly cancellable = true;
  private failure: CancelledFailure | undefined;
  private readonly listeners: Listener[] = [];
  /** What the SDK uses of a promise that only ever rejects. */
  readonly cancelRequested = {
    catch: (listener: Listener): void => {
      if (this.failure === undefined) this.listeners.push(listener);
      else tell([listener], this.failure);
    },
  };

  get consideredCancelled(): boolean {
    return this.failure !== undefined;
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    return CancellationScope.prototype.run.call(this as unknown as CancellationScope, work) as Promise<T>;
  }

  /** Called by the SDK's `run` with this scope as the current one. */
  runInContext<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  cancel(): void {
    if (this.failure !== undefined) return;
    this.failure = new CancelledFailure('Cancellation scope cancelled');
    tell(this.listeners, this.failure);
  }
}

/** When a promise would: after what runs now. */
function tell(listeners: readonly Listener[], failure: CancelledFailure): void {
  void Promise.resolve().then(() => {
    for (const listener of listeners) listener(failure);
  });
}
