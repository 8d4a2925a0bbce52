import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createDataError } from './data-error.js';
import type { Project } from './labelled-change.js';
import { readProject } from './read-project.js';
import { DATA_LIMITS } from './read-table.js';

const MOST_FILES = 100;

/** The projects of a folder: its tables (`*.csv`), each named for its file, in the order of names. Throws SluiceError. */
export function readFolder(folder: string): Project[] {
  const files = listTables(folder);
  if (files.length === 0)
    throw createDataError(
      `There is no table (*.csv) in ${folder}.`,
      'Give a folder with one table a project.',
    );
  if (files.length > MOST_FILES)
    throw createDataError(
      `${folder} has ${files.length} tables, and ${MOST_FILES} are the limit.`,
      'Give a folder with fewer projects.',
    );
  return files.map((file) => readFile(join(folder, file), file.slice(0, -'.csv'.length)));
}

function listTables(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.csv'))
      .sort();
  } catch (cause) {
    throw createDataError(
      `The folder ${folder} cannot be read: ${(cause as Error).message}`,
      'Give the folder of the tables with --data.',
    );
  }
}

function readFile(path: string, name: string): Project {
  try {
    const { size } = statSync(path);
    if (size > DATA_LIMITS.characters)
      throw createDataError(
        `It has ${size} bytes, and ${DATA_LIMITS.characters} are the limit.`,
        'Keep the latest changes only: older ones teach little.',
      );
    return readProject(name, readFileSync(path, 'utf8'));
  } catch (cause) {
    const { message, hint } = cause as { message: string; hint?: string };
    throw createDataError(`${path}: ${message}`, hint ?? 'Give tables that can be read.');
  }
}
