import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import { isSluiceError, type SluiceError } from '#domain/errors.js';

/** Files of one archive. */
const MOST_FILES = 100_000;
const LINK = 0o120000;
const KIND = 0o170000;

/** What may still be written, of all archives of a step. */
export interface Allowance {
  left: number;
  readonly limit: number;
}

export interface Unpacked {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Writes the files of a ZIP into a folder of its own. Throws SluiceError `artifact-invalid` for what is damaged, leads out of
 * the folder, or is neither file nor folder, and `artifact-too-large`.
 */
export async function unpack(
  archive: string,
  folder: string,
  allowance: Allowance,
  signal: AbortSignal,
): Promise<Unpacked> {
  let files = 0;
  let bytes = 0;
  let zip: ZipFile | undefined;
  try {
    // It refuses absolute names, and those with `..`.
    zip = await openPromise(archive, { lazyEntries: true, validateEntrySizes: true, strictFileNames: true });
    for await (const entry of zip.eachEntry()) {
      signal.throwIfAborted();
      if (entry.fileName.endsWith('/')) continue;
      requireFile(entry);
      files += 1;
      if (files > MOST_FILES) throw createInvalid(`It holds more than ${MOST_FILES} files.`);
      bytes += await writeEntry(zip, entry, join(folder, entry.fileName), allowance, signal);
    }
  } catch (error) {
    if (signal.aborted || isSluiceError(error) || isOfSystem(error)) throw error;
    throw createInvalid(error instanceof Error ? `${error.message}.` : 'It cannot be read.');
  } finally {
    zip?.close();
  }
  return { files, bytes };
}

/** Passes bytes on until the allowance is used up; then throws SluiceError `artifact-too-large`. */
export function limitTo(allowance: Allowance): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, pass) {
      allowance.left -= chunk.length;
      if (allowance.left < 0) pass(createTooLarge(allowance.limit));
      else pass(null, chunk);
    },
  });
}

async function writeEntry(
  zip: ZipFile,
  entry: Entry,
  path: string,
  allowance: Allowance,
  signal: AbortSignal,
): Promise<number> {
  const before = allowance.left;
  await mkdir(dirname(path), { recursive: true });
  const source = await zip.openReadStreamPromise(entry);
  const mode = (entry.externalFileAttributes >>> 16) & 0o111 ? 0o755 : 0o644;
  await pipeline(source, limitTo(allowance), createWriteStream(path, { flags: 'w', mode }), { signal });
  return before - allowance.left;
}

/** A link would lead the next file out of the folder. */
function requireFile({ fileName, externalFileAttributes }: Entry): void {
  if (((externalFileAttributes >>> 16) & KIND) === LINK)
    throw createInvalid(`${JSON.stringify(fileName)} is a link.`);
}

/** A full disk, say: nothing of the archive's making. */
function isOfSystem(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'syscall' in error;
}

export function createInvalid(problem: string): SluiceError {
  return createActionFailure({
    code: 'artifact-invalid',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `The artifact is not written. ${problem}`,
    hint: 'Look at what the pipeline uploads; names that lead out of the folder, and links, are refused.',
  });
}

function createTooLarge(limit: number): SluiceError {
  return createActionFailure({
    code: 'artifact-too-large',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `The artifacts are larger than ${limit} bytes.`,
    hint: 'Name those that are wanted in `names`, or raise `maxBytes`.',
  });
}
