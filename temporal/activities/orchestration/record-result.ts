import type { RunRecorder } from '#contracts/ports.js';
import type { FinalRecord } from '#contracts/run.js';

/** The last write of a run. Repeated until it succeeds, so it must be harmless when it already did. */
export function createRecordResult(recorder: Pick<RunRecorder, 'recordResult'>) {
  return (record: FinalRecord): Promise<void> => recorder.recordResult(record);
}
