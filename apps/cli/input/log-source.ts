import { createReadStream } from 'node:fs';
import { usageError } from './usage-error.js';

const PART_BYTES = 64 * 1024;

/** The text of a log in parts, so that it may be of any size; `-` is stdin. Throws SluiceError `usage` for what is no readable file. */
export async function* readLogParts(
  path: string,
  stdin: () => AsyncIterable<Uint8Array>,
): AsyncIterable<string> {
  // What is not UTF-8 becomes replacement characters: logs hold anything.
  const decoder = new TextDecoder();
  const bytes = path === '-' ? stdin() : createReadStream(path, { highWaterMark: PART_BYTES });
  try {
    for await (const part of bytes as AsyncIterable<Uint8Array>) yield decoder.decode(part, { stream: true });
    yield decoder.decode();
  } catch (error) {
    throw usageError(
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      'Name a file that holds a log, or - for standard input.',
    );
  }
}
