import { usageError } from '../input/usage-error.js';
import type { Api } from './api.js';

/** Id of the run that `argument` means: an id, or `latest`. Throws SluiceError `usage` where there is no run yet. */
export async function findRunId(api: Api, argument: string): Promise<string> {
  if (argument !== 'latest') {
    return argument;
  }
  const [run] = (await api.listRuns({ limit: 1 })).items;
  if (run === undefined) {
    throw usageError('There is no run yet.', 'Start one: sluice run FILE');
  }
  return run.id;
}
