import { createReadStream } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { readTextLines } from '../view/lines.js';
import { usageError } from './usage-error.js';

/**
 * Of the last whole line of an export; 0 where there is no file. What was cut off behind it is taken away. Throws
 * SluiceError `usage` for another file.
 */
export async function readLastSequence(file: string): Promise<number> {
  let last = 0;
  let bytes = 0;
  try {
    for await (const line of readTextLines(createReadStream(file))) {
      last = sequenceOf(line, file);
      bytes += Buffer.byteLength(line) + 1;
    }
    await truncate(file, bytes);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') throw error;
  }
  return last;
}

function sequenceOf(line: string, file: string): number {
  try {
    const { sequence } = (JSON.parse(line) as { chain: { sequence: unknown } }).chain;
    if (typeof sequence === 'number') return sequence;
  } catch {
    // Said below.
  }
  throw usageError(`${file} is no export of an audit log.`, 'Name the file that is to be gone on with.');
}
