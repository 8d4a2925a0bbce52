import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Note } from '#domain/generation/facts.js';
import { runGit, splitNul } from './git.js';
import { LIMITS } from './limits.js';

export interface Listing {
  readonly files: readonly string[];
  readonly notes: readonly Note[];
}

/** What git tracks in the folder; where there is no commit yet, what it could. Undefined where git does not answer. */
export async function listTracked(folder: string, hasCommit: boolean): Promise<Listing | undefined> {
  const more = hasCommit ? [] : ['--others', '--exclude-standard'];
  const { ok, stdout } = await runGit(folder, ['ls-files', '-z', '--cached', ...more]);
  return ok ? limited([...new Set(splitNul(stdout))]) : undefined;
}

const LINK = '120000';
const MODULE = '160000';

/** What a commit holds below the folder, without links and submodules. */
export async function listCommit(folder: string, commit: string): Promise<Listing | undefined> {
  const { ok, stdout } = await runGit(folder, ['ls-tree', '-r', '-z', commit]);
  if (!ok) return undefined;
  const files = splitNul(stdout).flatMap((entry) => {
    const mode = entry.slice(0, 6);
    return mode === LINK || mode === MODULE ? [] : [entry.slice(entry.indexOf('\t') + 1)];
  });
  return limited(files);
}

/** Folders that hold no sources, whoever wrote the rest. */
const PASSED_OVER = [
  '.git',
  'node_modules',
  '.venv',
  'venv',
  'target',
  '.gradle',
  '.terraform',
  '__pycache__',
  '.tox',
  '.cache',
];

/** All files below the folder. Symbolic links are not followed. */
export async function walk(root: string): Promise<Listing> {
  const files: string[] = [];
  const notes: Note[] = [];
  const open: { path: string; depth: number }[] = [{ path: '', depth: 0 }];
  for (let next = open.pop(); next !== undefined && files.length < LIMITS.files; next = open.pop()) {
    const { path, depth } = next;
    const entries = await readdir(join(root, path), { withFileTypes: true }).catch((): Dirent[] => {
      notes.push({ text: 'The folder may not be read.', evidence: [{ file: path }] });
      return [];
    });
    for (const entry of entries) {
      const own = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isFile()) files.push(own);
      else if (entry.isDirectory() && !PASSED_OVER.includes(entry.name)) {
        if (depth < LIMITS.depth) open.push({ path: own, depth: depth + 1 });
        else
          notes.push({
            text: `Folders deeper than ${LIMITS.depth} were not looked into.`,
            evidence: [{ file: own }],
          });
      }
    }
  }
  const listing = limited(files);
  return { files: listing.files, notes: [...notes, ...listing.notes] };
}

function limited(files: readonly string[]): Listing {
  if (files.length < LIMITS.files) return { files, notes: [] };
  const text = `There are more than ${LIMITS.files.toLocaleString('en')} files; only so many were looked at.`;
  return { files: files.slice(0, LIMITS.files), notes: [{ text, evidence: [] }] };
}
