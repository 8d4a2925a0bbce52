import { writeFile } from 'node:fs/promises';
import { usageError } from './usage-error.js';

/** Throws SluiceError `usage` where that cannot be. */
export async function writeTextFile(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: Error) => {
    throw usageError(
      `${path} cannot be written: ${error.message}.`,
      'Name a file in a folder that exists and is yours.',
    );
  });
}
