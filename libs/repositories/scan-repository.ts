import { realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { SluiceError } from '#domain/errors.js';
import type { Note, RepositoryFacts } from '#domain/generation/facts.js';
import { wantsText } from '#domain/generation/generate.js';
import { readPipelines } from '#domain/pipelines/read-pipelines.js';
import { askGit } from './git.js';
import { LIMITS } from './limits.js';
import { type Listing, listCommit, listTracked, walk } from './list-files.js';
import { readChange } from './read-change.js';
import { readTexts, readTextsOfCommit, type Texts } from './read-texts.js';

export interface ScanOptions {
  /** `BASE..HEAD`, as git names commits. */
  readonly change?: string;
  /** Of which files the texts are read; those that a definition is generated from, where it is absent. */
  readonly wants?: (path: string) => boolean;
}

/** Files that include files that include files: so often what they name is read too. */
const MAX_ROUNDS = 10;

/**
 * The facts of a folder: of what git tracks there, else of all that lies in it; with a change, of its end. Runs nothing
 * of the repository, follows no symbolic link, and asks no network. Throws SluiceError `folder-unreadable`,
 * `change-invalid`, `change-not-found`.
 */
export async function scanRepository(
  folder: string,
  { change: range, wants = wantsText }: ScanOptions,
): Promise<RepositoryFacts> {
  const root = await requireFolder(folder);
  const place = await findPlace(root);
  if (range !== undefined && place?.head === undefined) throw noHistory(folder);
  const changed = range === undefined ? undefined : await readChange(root, place!.prefix, range);
  const listed =
    changed === undefined
      ? place === undefined
        ? undefined
        : await listTracked(root, place.head !== undefined)
      : await listCommit(root, changed.commit);
  const listing = listed ?? (await walk(root));
  const files = [...listing.files].sort();
  const wanted = chooseTexts(files, wants);
  const texts = await readWithNamed(files, wanted.paths, (paths) =>
    changed === undefined ? readTexts(root, paths) : readCommit(root, place!.prefix, changed.commit, paths),
  );
  return {
    name: nameOf(place?.top ?? root, place?.prefix ?? ''),
    folder: place?.prefix.replace(/\/$/, '') ?? '',
    files,
    texts: texts.texts,
    notes: [
      ...noteGit(place, listed, files),
      ...listing.notes,
      ...wanted.notes,
      ...texts.notes,
      ...(changed?.notes ?? []),
    ],
    ...(place?.head === undefined ? {} : { address: place.top }),
    ...(place?.origin === undefined ? {} : { origin: place.origin }),
    ...(changed === undefined ? {} : { change: changed.change }),
  };
}

async function requireFolder(folder: string): Promise<string> {
  const root = await realpath(folder).catch(() => undefined);
  if (root !== undefined && (await stat(root)).isDirectory()) return root;
  throw new SluiceError({
    code: 'folder-unreadable',
    fault: 'user',
    message: `${folder} is no folder that can be read.`,
    hint: 'Name the folder of a repository.',
  });
}

function noHistory(folder: string): SluiceError {
  return new SluiceError({
    code: 'change-not-found',
    fault: 'user',
    message: `${folder} is no git repository with commits, so there is no change to look at.`,
    hint: 'Leave --change out, or commit first.',
  });
}

interface Place {
  /** Outermost folder of the repository. */
  readonly top: string;
  /** The folder in it, with `/` at its end; empty for the root. */
  readonly prefix: string;
  /** Absent where there is no commit. */
  readonly head?: string;
  readonly origin?: string;
}

async function findPlace(root: string): Promise<Place | undefined> {
  const [top, prefix, head, url] = await Promise.all([
    askGit(root, 'rev-parse', '--show-toplevel'),
    askGit(root, 'rev-parse', '--show-prefix'),
    askGit(root, 'rev-parse', '--verify', '--quiet', 'HEAD^{commit}'),
    askGit(root, 'config', '--get', 'remote.origin.url'),
  ]);
  if (top === undefined) return undefined;
  const origin = url === undefined ? undefined : withoutCredentials(url);
  return {
    top,
    prefix: prefix ?? '',
    ...(head === undefined ? {} : { head }),
    ...(origin === undefined ? {} : { origin }),
  };
}

/** Undefined for what nobody else could reach. */
function withoutCredentials(url: string): string | undefined {
  const parsed = URL.parse(url);
  if (parsed !== null && /^(https?|ssh|git):$/.test(parsed.protocol)) {
    parsed.username = parsed.protocol === 'ssh:' ? parsed.username : '';
    parsed.password = '';
    parsed.search = '';
    return parsed.href;
  }
  return /^[\w.-]+@[\w.-]+:[^:\s]+$/.test(url) ? url : undefined;
}

function nameOf(top: string, prefix: string): string {
  return basename(prefix === '' ? top : prefix) || 'repository';
}

function noteGit(place: Place | undefined, listed: Listing | undefined, files: readonly string[]): Note[] {
  if (place === undefined || listed === undefined) {
    return [
      {
        text: 'git knows nothing of this folder, so all files in it were looked at, and a run has to be told which repository to check out.',
        evidence: [],
      },
    ];
  }
  if (place.head === undefined) {
    return [
      {
        text: 'The repository has no commit yet, so there is nothing that a run could check out.',
        evidence: [],
      },
    ];
  }
  return files.length === 0 ? [{ text: 'git tracks no file here.', evidence: [] }] : [];
}

/** The texts of files, and of those that the pipelines among them name. */
async function readWithNamed(
  files: readonly string[],
  paths: readonly string[],
  read: (paths: readonly string[]) => Promise<Texts>,
): Promise<Texts> {
  const first = await read(paths);
  const texts = new Map(first.texts);
  const notes = [...first.notes];
  const asked = new Set(paths);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const missing = readPipelines({ files, texts }).missing.filter((path) => !asked.has(path));
    if (missing.length === 0) break;
    const more = await read(missing);
    for (const path of missing) asked.add(path);
    for (const [path, text] of more.texts) texts.set(path, text);
    notes.push(...more.notes);
  }
  return { texts, notes };
}

function chooseTexts(
  files: readonly string[],
  wants: (path: string) => boolean,
): {
  readonly paths: readonly string[];
  readonly notes: readonly Note[];
} {
  const wanted = files.filter(wants);
  if (wanted.length <= LIMITS.texts) return { paths: wanted, notes: [] };
  const near = wanted.sort((a, b) => a.split('/').length - b.split('/').length);
  const text = `${wanted.length} build files are more than the ${LIMITS.texts} that are read; the deepest were passed over.`;
  return { paths: near.slice(0, LIMITS.texts), notes: [{ text, evidence: [{ file: near[LIMITS.texts]! }] }] };
}

async function readCommit(root: string, prefix: string, commit: string, paths: readonly string[]) {
  const read = await readTextsOfCommit(
    root,
    commit,
    paths.map((path) => prefix + path),
  );
  const own = (path: string) => path.slice(prefix.length);
  return {
    texts: new Map([...read.texts].map(([path, text]) => [own(path), text])),
    notes: read.notes.map((note) => ({
      ...note,
      evidence: note.evidence.map(({ file }) => ({ file: own(file) })),
    })),
  };
}
