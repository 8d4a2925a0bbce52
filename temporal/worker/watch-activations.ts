import type { Worker } from '@temporalio/worker';

/** As long as Temporal waits for the answer to a workflow task: what comes later is refused. */
export const STUCK_AFTER_MS = 10_000;
const LOOK_MS = 500;

/**
 * Tells once when activations are under way and none has ended for so long: the thread of workflows goes round in circles.
 * Looks are counted, not the clock: a machine that slept is not stuck. Answers with the way to end the watch.
 */
export function watchActivations(
  { numInFlightActivations$ }: Pick<Worker, 'numInFlightActivations$'>,
  stuck: () => void,
  { stuckAfterMs = STUCK_AFTER_MS, lookMs = LOOK_MS } = {},
): () => void {
  let underWay = 0;
  let looks = 0;
  const subscription = numInFlightActivations$.subscribe((now) => {
    if (now < underWay || underWay === 0) looks = 0;
    underWay = now;
  });
  const timer = setInterval(() => {
    if (underWay === 0 || ++looks * lookMs < stuckAfterMs) return;
    end();
    stuck();
  }, lookMs);
  const end = (): void => {
    clearInterval(timer);
    subscription.unsubscribe();
  };
  return end;
}
