import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Imported } from '#domain/front-ends/import-text.js';
import type { Finding } from '#domain/validation/finding.js';
import { usageError } from '../input/usage-error.js';

/** What was taken over, and where it is now. */
export interface WrittenImport extends Imported {
  readonly written?: string;
}

/**
 * Writes each definition as `<name>.yaml` or `<name>.json` of the folder, whole or not at all. A file that is there is
 * not overwritten without `force`. Of several with one name that are imported together, the later ones are `<name>-2` and
 * so on: stored, they would be versions of one workflow.
 */
export async function writeDefinitions(
  imported: readonly Imported[],
  folder: string,
  force: boolean,
): Promise<readonly WrittenImport[]> {
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw usageError(`${folder} cannot be made: ${error.message}.`, 'Name a folder that may be written.');
  });
  const takenBy = new Map<string, string[]>();
  const results: WrittenImport[] = [];
  for (const each of imported) results.push(await writeOne(each, { folder, force, takenBy }));
  return results;
}

interface Target {
  readonly folder: string;
  readonly force: boolean;
  /** Sources of each name that were written, in their order. */
  readonly takenBy: Map<string, string[]>;
}

async function writeOne(imported: Imported, { folder, force, takenBy }: Target): Promise<WrittenImport> {
  const { text, name, kind = 'yaml', path } = imported;
  // A name is an id: letters, digits and dashes lead to no other folder.
  if (text === undefined || name === undefined) return imported;
  const others = takenBy.get(name) ?? [];
  const file = join(folder, `${others.length === 0 ? name : `${name}-${others.length + 1}`}.${kind}`);
  const there = await readFile(file, 'utf8').catch(() => undefined);
  if (there !== undefined && there !== text && !force) {
    return refuse(
      imported,
      `${file} is there already, and says something else.`,
      'Write `--force` to overwrite it, or name another folder.',
    );
  }
  takenBy.set(name, [...others, path]);
  await replaceFile(file, text);
  if (others.length === 0) return { ...imported, written: file };
  const message = `${others[0]} is called \`${name}\` too: stored, they are versions of one workflow.`;
  const note = { kind: 'decided', path: 'name', line: 1, column: 1, message } as const;
  return { ...imported, notes: [...imported.notes, note], written: file };
}

async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(draft, text, { flag: 'wx' });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw usageError(
      `${file} cannot be written: ${(error as Error).message}.`,
      'Name a folder that may be written.',
    );
  }
}

function refuse(imported: Imported, message: string, hint: string): WrittenImport {
  const finding: Finding = {
    code: 'name-taken',
    severity: 'error',
    path: '',
    line: 1,
    column: 1,
    message,
    hint,
  };
  const { text: _text, kind: _kind, ...rest } = imported;
  return { ...rest, findings: [...imported.findings, finding] };
}
