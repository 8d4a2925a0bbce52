import { readFile } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import { usageError } from './usage-error.js';

/** Throws SluiceError `usage`. */
export async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: Error) => {
    throw usageError(`${path} cannot be read: ${error.message}.`, 'Name a file that exists and is yours.');
  });
}

const MOST_COMMITS = 200_000;

/** How far to look back. Throws SluiceError `usage`. */
export function readCommits(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MOST_COMMITS) return count;
  throw usageError(`${text} is no number of commits.`, `Write a number from 1 to ${MOST_COMMITS}.`);
}

const MOST = 1_000_000;

/** Of an option. */
export function readCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count <= MOST) return count;
  throw new InvalidArgumentError(`Write a whole number from 0 to ${MOST}.`);
}
