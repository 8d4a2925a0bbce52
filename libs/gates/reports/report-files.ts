import { constants, type FileHandle, glob, open, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { SluiceError } from '#domain/errors.js';
import { isCheapGlob } from './glob-cost.js';

/** A folder in which reports are looked for; nothing outside it is read. */
export interface ReportFolder {
  readonly path: string;
  /** The real path of what lies in it; throws a SluiceError on what leads out of it, or to nothing. */
  readonly locate: (path: string) => Promise<string>;
  /** Names of folders that are not looked into. */
  readonly hidden: readonly string[];
  readonly signal: AbortSignal;
}

const MAX_FILES = 2000;

/** A folder of this machine, such as a checkout. */
export function openReportFolder(path: string, signal: AbortSignal): ReportFolder {
  const locate = async (name: string) => {
    const [root, found] = await Promise.all([realpath(path), realpath(join(path, name))]).catch(() => {
      throw createNotFound([name]);
    });
    const way = relative(root, found);
    if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) throw createPatternInvalid(name);
    return found;
  };
  return { path, locate, hidden: ['.git', 'node_modules'], signal };
}

/**
 * Paths relative to the folder, each once, in order. Throws SluiceError `report-not-found`, `report-pattern-invalid`,
 * `report-too-large`.
 */
export async function findReportFiles(
  patterns: readonly string[],
  { path, hidden, signal }: ReportFolder,
): Promise<string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    if (isAbsolute(pattern) || pattern.includes('\0') || pattern.split(/[\\/]/).includes('..')) {
      throw createPatternInvalid(pattern);
    }
    if (!isCheapGlob(pattern)) throw createPatternCostly(pattern);
    const exclude = (entry: { readonly name: string }) => hidden.includes(entry.name);
    for await (const entry of glob(pattern, { cwd: path, withFileTypes: true, exclude })) {
      signal.throwIfAborted();
      if (entry.isDirectory()) continue;
      found.add(relative(path, `${entry.parentPath}/${entry.name}`));
      if (found.size > MAX_FILES) throw createTooMany();
    }
  }
  if (found.size === 0) throw createNotFound(patterns);
  return [...found].sort();
}

/**
 * Opens a regular file of the folder of at most so many bytes, and closes it after the work. Throws SluiceError
 * `report-not-found`, `report-too-large`, and what `locate` throws.
 */
export async function withReportFile<T>(
  path: string,
  { folder, maxBytes }: { readonly folder: ReportFolder; readonly maxBytes: number },
  work: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const file = await open(await folder.locate(path), constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw createNotFound([path]);
    if (facts.size > maxBytes) throw createTooLarge(path, maxBytes);
    return await work(file);
  } finally {
    await file.close();
  }
}

function createUserFailure(code: string, message: string, hint: string): SluiceError {
  return createActionFailure({
    code,
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message,
    hint,
  });
}

function createNotFound(patterns: readonly string[]): SluiceError {
  return createUserFailure(
    'report-not-found',
    `No file in the workspace matches ${patterns.map((pattern) => JSON.stringify(pattern)).join(', ')}.`,
    'Check the path, which is relative to the workspace, and that the tests ran and wrote their report there.',
  );
}

function createPatternInvalid(pattern: string): SluiceError {
  return createUserFailure(
    'report-pattern-invalid',
    `${JSON.stringify(pattern)} leads out of the workspace.`,
    'Use a path or glob relative to the workspace, without `..`.',
  );
}

function createPatternCostly(pattern: string): SluiceError {
  return createUserFailure(
    'report-pattern-invalid',
    `${JSON.stringify(pattern.slice(0, 200))} means too many patterns, or repeats what repeats.`,
    'Use fewer braces and asterisks, or several patterns.',
  );
}

function createTooMany(): SluiceError {
  return createUserFailure(
    'report-too-large',
    `More than ${MAX_FILES} files match.`,
    'Use a pattern that matches the reports alone.',
  );
}

function createTooLarge(path: string, maxBytes: number): SluiceError {
  return createUserFailure(
    'report-too-large',
    `The report ${JSON.stringify(path)} is larger than ${maxBytes / 1024 / 1024} MiB.`,
    'Let the test runner write several reports, or leave captured output out of them.',
  );
}
