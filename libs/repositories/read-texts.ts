import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { Note } from '#domain/generation/facts.js';
import { runGit } from './git.js';
import { LIMITS } from './limits.js';

export interface Texts {
  readonly texts: ReadonlyMap<string, string>;
  readonly notes: readonly Note[];
}

const AT_ONCE = 64;

/** Texts of files below a folder. What leads out of it by symbolic links, is no file, no text or too large, gets a note. */
export async function readTexts(root: string, paths: readonly string[]): Promise<Texts> {
  const gathered = new Gathered();
  const inside = createInsideCheck(await realpath(root));
  for (let at = 0; at < paths.length; at += AT_ONCE) {
    const some = paths.slice(at, at + AT_ONCE);
    const read = await Promise.all(some.map((path) => readOne(join(root, path), inside)));
    for (const [index, path] of some.entries()) gathered.add(path, read[index]!);
  }
  return gathered;
}

/** The same of a commit, without its being checked out. */
export async function readTextsOfCommit(
  root: string,
  commit: string,
  paths: readonly string[],
): Promise<Texts> {
  const gathered = new Gathered();
  // A line's end cannot stand in a request.
  const asked = paths.filter((path) => !path.includes('\n'));
  const { ok, stdout } = await runGit(
    root,
    ['cat-file', '--batch'],
    asked.map((path) => `${commit}:${path}\n`).join(''),
  );
  let at = 0;
  for (const path of asked) {
    const end = stdout.indexOf(10, at);
    if (!ok || end < 0) {
      gathered.add(path, 'It could not be read.');
      continue;
    }
    const [, type, size] = /^[0-9a-f]+ (\w+) (\d+)$/.exec(stdout.toString('utf8', at, end)) ?? [];
    at = end + 1;
    if (size === undefined) gathered.add(path, 'It could not be read.');
    else {
      const length = Number(size);
      gathered.add(
        path,
        type === 'blob'
          ? length > LIMITS.textBytes
            ? TOO_LARGE
            : stdout.subarray(at, at + length)
          : 'It is no file.',
      );
      at += length + 1;
    }
  }
  return gathered;
}

const TOO_LARGE = `It has more than ${LIMITS.textBytes / 1024} KiB, so it was not read.`;

class Gathered implements Texts {
  readonly texts = new Map<string, string>();
  readonly notes: Note[] = [];
  private bytes = 0;

  /** @param read bytes, or why there are none */
  add(path: string, read: Buffer | string): void {
    const wrong = typeof read === 'string' ? read : this.refusalOf(read);
    if (wrong !== undefined) {
      this.notes.push({ text: wrong, evidence: [{ file: path }] });
      return;
    }
    this.bytes += read.length;
    this.texts.set(path, read.toString('utf8'));
  }

  private refusalOf(bytes: Buffer): string | undefined {
    if (this.bytes + bytes.length > LIMITS.allBytes) return 'Too much was read before, so it was not.';
    return bytes.includes(0) ? 'It is no text in UTF-8, so it was not read.' : undefined;
  }
}

type InsideCheck = (file: string) => Promise<boolean>;

/** Whether a file's folder, links resolved, lies in the root. */
function createInsideCheck(root: string): InsideCheck {
  const known = new Map<string, Promise<boolean>>();
  const look = async (folder: string) => {
    const real = await realpath(folder).catch(() => '');
    return real === root || real.startsWith(root.endsWith(sep) ? root : root + sep);
  };
  return (file) => {
    const folder = dirname(file);
    const answer = known.get(folder) ?? look(folder);
    known.set(folder, answer);
    return answer;
  };
}

async function readOne(file: string, inside: InsideCheck): Promise<Buffer | string> {
  if (!(await inside(file))) return 'It leads out of the repository, so it was not read.';
  // Neither follows a link, nor waits for whoever writes into a pipe.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(file, flags).catch(describeFailure);
  if (typeof handle === 'string') return handle;
  try {
    const { size, isFile } = await handle.stat().then((stat) => ({ size: stat.size, isFile: stat.isFile() }));
    if (!isFile) return 'It is no file.';
    return size > LIMITS.textBytes ? TOO_LARGE : await handle.readFile();
  } catch (error) {
    return describeFailure(error as NodeJS.ErrnoException);
  } finally {
    await handle.close();
  }
}

function describeFailure({ code = '' }: NodeJS.ErrnoException): string {
  return FAILURES[code] ?? `It could not be read (${code}).`;
}

const FAILURES: Readonly<Record<string, string>> = {
  ELOOP: 'It is a symbolic link, which is not followed.',
  ENOENT: 'It is no longer there.',
  EACCES: 'It may not be read.',
};
