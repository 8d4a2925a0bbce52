import { appendFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Afterwards, GateResult } from '#contracts/judgement/gate-result.js';
import type { HistoryFile } from '#gates/gate/read-history.js';
import { toSafeJson } from '../view/plain-text.js';
import { usageError } from './usage-error.js';

export interface HistoryFiles {
  readonly files: readonly HistoryFile[];
  /** What was passed over. */
  readonly notes: readonly string[];
}

/** The last of them, by name: what `--record` writes begins with its time. */
const MAX_FILES = 2_000;
const MAX_FILE_BYTES = 4 * 1024 * 1024;
const MAX_LINES_BYTES = 64 * 1024 * 1024;

/**
 * A folder of results (`.json`, `.jsonl`), or one file of them. Where there is neither, and `create` is said, the history
 * is empty, and a folder is made; else throws SluiceError `usage`.
 */
export async function readHistoryFiles(path: string, create = false): Promise<HistoryFiles> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined && create) {
    if (!path.endsWith('.jsonl')) await makeFolder(path);
    return { files: [], notes: [] };
  }
  if (found?.isFile() === true) return readNamed([{ name: path, path }], []);
  if (found?.isDirectory() !== true) {
    throw usageError(
      `There is no folder ${path}.`,
      'Name a folder of results of the gate, or a .jsonl file; an empty one will do.',
    );
  }
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && /\.jsonl?$/.test(entry.name))
    .map(({ name }) => name)
    .sort();
  const omitted = names.length - MAX_FILES;
  const notes =
    omitted > 0 ? [`${omitted} files of the history were left out: the last ${MAX_FILES} count.`] : [];
  return readNamed(
    names.slice(-MAX_FILES).map((name) => ({ name, path: join(path, name) })),
    notes,
  );
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: Error) => {
    throw notWritten(path, error);
  });
}

async function readNamed(
  sources: readonly { readonly name: string; readonly path: string }[],
  notes: readonly string[],
): Promise<HistoryFiles> {
  const files: HistoryFile[] = [];
  const said = [...notes];
  for (const { name, path } of sources) {
    const most = name.endsWith('.jsonl') ? MAX_LINES_BYTES : MAX_FILE_BYTES;
    const { size } = await stat(path);
    if (size > most) said.push(`${name} was left out: it is larger than ${most / 1024 / 1024} MiB.`);
    else files.push({ name, text: await readFile(path, 'utf8') });
  }
  return { files, notes: said };
}

/** Keeps a result for later runs; answers with where. Throws SluiceError `usage` where that cannot be. */
export async function recordResult(path: string, result: GateResult): Promise<string> {
  const text = toSafeJson(result);
  if (path.endsWith('.jsonl')) {
    await appendFile(path, `${text}\n`).catch((error: Error) => {
      throw notWritten(path, error);
    });
    return path;
  }
  const name = `${result.at.replaceAll(':', '')}-${result.gate}.json`;
  const file = join(path, name);
  await writeFile(file, `${text}\n`, { flag: 'wx' }).catch((error: Error) => {
    throw notWritten(file, error);
  });
  return file;
}

/**
 * Says of a recorded result what happened after it: of the one from `at`, or of the last one. Answers with its file.
 * Throws SluiceError `usage` where there is none.
 */
export async function markResult(
  path: string,
  wanted: { readonly gate: string; readonly at?: string },
  afterwards: Afterwards,
): Promise<string> {
  if (path.endsWith('.jsonl')) {
    throw usageError(
      'What happened afterwards is written into files of a folder.',
      'Record results into a folder.',
    );
  }
  const { files } = await readHistoryFiles(path);
  const results = files.flatMap(({ name, text }) => {
    const result = name.endsWith('.json') ? parseResult(text) : undefined;
    return result?.gate === wanted.gate && (wanted.at === undefined || result.at === wanted.at)
      ? [{ name, result }]
      : [];
  });
  const last = results.toSorted((a, b) => (a.result.at < b.result.at ? 1 : -1))[0];
  if (last === undefined) {
    throw usageError(
      `There is no such result of the gate ${wanted.gate} in ${path}.`,
      'Record results with --record.',
    );
  }
  const file = join(path, last.name);
  await writeFile(file, `${toSafeJson({ ...last.result, afterwards })}\n`).catch((error: Error) => {
    throw notWritten(file, error);
  });
  return file;
}

function parseResult(text: string): GateResult | undefined {
  try {
    const parsed = JSON.parse(text) as Partial<GateResult> | null;
    return typeof parsed?.gate === 'string' && typeof parsed.at === 'string'
      ? (parsed as GateResult)
      : undefined;
  } catch {
    return undefined;
  }
}

function notWritten(file: string, error: Error): Error {
  return usageError(
    `${file} cannot be written: ${error.message}.`,
    'Name a folder that exists and is yours.',
  );
}
