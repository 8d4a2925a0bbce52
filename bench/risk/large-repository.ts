import { spawn } from 'node:child_process';
import { once } from 'node:events';

const FILES = 20_000;
const AUTHORS = 300;
const MINUTES = 15;
/** Seconds since the epoch of the first commit. */
const BEGIN = 1_600_000_000;
const LONGEST = 30;

/**
 * A bare repository made by `git fast-import`: 20,000 files in 1,600 folders, commits of one to forty files, few authors
 * who do most and few files that are changed most, as it is in projects. `main` ends the history, `change` has one commit
 * of `changed` files more. The same arguments make the same commits.
 */
export async function makeLargeRepository(folder: string, commits: number, changed: number): Promise<void> {
  const child = spawn('git', ['-C', folder, 'fast-import', '--quiet'], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const random = createRandom(1);
  const contents: number[][] = [];
  for (let number = 1; number <= commits; number += 1) {
    const files = chooseFiles(random, contents, commits);
    if (!child.stdin.write(writeCommit('main', number, random, files, contents)))
      await once(child.stdin, 'drain');
  }
  const many = Array.from({ length: changed }, (_, index) => Math.floor((index * contents.length) / changed));
  const from = Buffer.from(`reset refs/heads/change\nfrom refs/heads/main\n\n`);
  child.stdin.end(Buffer.concat([from, writeCommit('change', commits + 1, random, many, contents)]));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
}

function chooseFiles(random: () => number, contents: number[][], commits: number): number[] {
  const count = Math.min(40, Math.floor((1 - random()) ** -0.75));
  const chosen = new Set<number>();
  while (chosen.size < count) {
    const isNew =
      contents.length < 40 || (contents.length < FILES && random() < (2 * FILES) / (commits * 2.5));
    if (isNew) chosen.add(contents.push([]) - 1);
    else chosen.add(Math.floor(contents.length * random() ** 2));
  }
  return [...chosen];
}

function writeCommit(
  branch: string,
  number: number,
  random: () => number,
  files: readonly number[],
  contents: number[][],
): Buffer {
  const author = Math.min(AUTHORS - 1, Math.floor((1 - random()) ** -1.2) - 1);
  const message = number % 5 === 0 ? 'Fix a bug' : 'Go on';
  const parts = [
    `commit refs/heads/${branch}\ncommitter Author ${author} <author${author}@example.org> ${BEGIN + number * MINUTES * 60} +0000\n`,
    `data ${message.length}\n${message}\n`,
  ];
  for (const file of files) {
    const content = contents[file]!;
    if (content.length < LONGEST) content.push(Math.floor(random() * 2 ** 30));
    content[Math.floor(random() * content.length)] = Math.floor(random() * 2 ** 30);
    const text = content.map((line) => `line ${line} of a text\n`).join('');
    parts.push(`M 100644 inline ${nameOf(file)}\ndata ${text.length}\n${text}\n`);
  }
  return Buffer.from(parts.join(''));
}

function nameOf(file: number): string {
  return `part${file % 20}/area${Math.floor(file / 20) % 10}/folder${Math.floor(file / 200) % 8}/file${file}.ts`;
}

/** Mulberry32: small, and the same everywhere. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
