import { writeFile } from 'node:fs/promises';
import type { OutcomeView } from '#contracts/rest/risk.js';
import { usageError } from '../input/usage-error.js';

/** The table that `npm run train:risk` reads. Throws SluiceError `usage`. */
export async function saveOutcomes(path: string, outcomes: readonly OutcomeView[]): Promise<void> {
  const { writeTable } = await import('#risk/dataset/write-table.js');
  const changes = outcomes
    .map(({ outcome, factors }) => ({ label: outcome === 'bad' ? (1 as const) : (0 as const), factors }))
    .toSorted((one, other) => one.factors.at - other.factors.at);
  await writeFile(path, writeTable(changes)).catch((error: Error) => {
    throw usageError(`${path} cannot be written: ${error.message}.`, 'Name a file in a folder of yours.');
  });
}
