import type { RunRecorder } from '#contracts/ports.js';
import type { FinalRecord } from '#contracts/run.js';

/** How long the end of a run waits for the last lines of its log, and of who made its attempts. */
const SETTLE_MS = 1_000;

/** What this worker still has to write of its runs. */
interface Backlog {
  settle(ms: number): Promise<void>;
}

/** The last write of a run. Repeated until it succeeds, so it must be harmless when it already did. */
export function createRecordResult(recorder: Pick<RunRecorder, 'recordResult'>, backlog: Backlog) {
  return async (record: FinalRecord): Promise<void> => {
    await backlog.settle(SETTLE_MS);
    await recorder.recordResult(record);
  };
}
