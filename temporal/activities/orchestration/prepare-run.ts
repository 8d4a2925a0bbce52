import type { ChildRunStore } from '#contracts/ports.js';
import type { ChildRunRequest, InterpretInput } from '#contracts/run.js';
import { createPrepareChild } from './prepare-child.js';
import { reportFailure } from './report-failure.js';

/** `prepareRun`: see `createPrepareChild`. */
export function createPrepareRun(store: ChildRunStore) {
  const prepare = createPrepareChild(store);
  return (request: ChildRunRequest): Promise<InterpretInput> => reportFailure(() => prepare(request));
}
