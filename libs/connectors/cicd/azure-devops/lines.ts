import { createHash } from 'node:crypto';
import { UnixLines } from '../http/unix-lines.js';

const LF = 0x0a;
/** A line that is longer is not looked for. */
const MOST_SOUGHT_BYTES = 1024 * 1024;
/** Key of Connection.memory: whether the platform counts lines from 0 or 1. */
const BASE = 'azure-line-base';

/** Lines, each ended by LF, the last one too; counted while they pass. */
export class CountedLines {
  count = 0;
  private lastLine: Uint8Array | undefined;
  /** What has come of a line that is not ended; undefined where it is too long to be looked for. */
  private open: Uint8Array | undefined = EMPTY;

  constructor(private readonly source: AsyncIterable<Uint8Array>) {}

  /** Digest of the last line; empty where it is too long. */
  get last(): string {
    return this.lastLine === undefined ? '' : digest(this.lastLine);
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    let isEnded = true;
    for await (const part of new UnixLines(this.source, true).bytes()) {
      this.pass(part);
      isEnded = part.at(-1) === LF;
      yield part;
    }
    if (isEnded) return;
    this.pass(Uint8Array.of(LF));
    yield Uint8Array.of(LF);
  }

  private pass(part: Uint8Array): void {
    const end = part.lastIndexOf(LF);
    if (end === -1) {
      this.open = append(this.open, part);
      return;
    }
    let lines = 0;
    for (let at = part.indexOf(LF); at !== -1; at = part.indexOf(LF, at + 1)) lines += 1;
    const start = end === 0 ? 0 : part.lastIndexOf(LF, end - 1) + 1;
    const line = part.subarray(start, end);
    this.lastLine = append(lines === 1 ? this.open : EMPTY, line);
    this.open = append(EMPTY, part.subarray(end + 1));
    this.count += lines;
  }
}

const EMPTY = new Uint8Array();

function append(line: Uint8Array | undefined, part: Uint8Array): Uint8Array | undefined {
  if (line === undefined || line.length + part.length > MOST_SOUGHT_BYTES) return undefined;
  return Buffer.concat([line, part]);
}

function digest(line: Uint8Array): string {
  return createHash('sha256').update(line).digest('hex');
}

/**
 * What follows the line that was read last, of an answer that was asked for from one line before it, or from it: that depends
 * on what the platform counts from. Undefined where it cannot be told.
 */
export async function skipKnownLines(
  body: AsyncIterable<Uint8Array>,
  { lines, last }: { readonly lines: number; readonly last: string },
  memory: Map<string, unknown>,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const source = new UnixLines(body, true).bytes();
  const head = await readLines(source, 2);
  if (head === undefined) return undefined;
  const fits = head.lines.map((line) => digest(line) === last);
  const base = (memory.get(BASE) as 0 | 1 | undefined) ?? findBase(fits);
  // Of the first line there is none before it, whatever is counted from.
  const at = lines === 1 ? 0 : base;
  if (at === undefined || fits[at] !== true) {
    memory.delete(BASE);
    await source.return(undefined);
    return undefined;
  }
  if (lines > 1 && base !== undefined) memory.set(BASE, base);
  return join(
    head.lines.slice(at + 1).map((line) => Buffer.concat([line, Buffer.of(LF)])),
    head.rest,
    source,
  );
}

function findBase([first, second]: readonly boolean[]): 0 | 1 | undefined {
  if (first === second) return undefined;
  return first === true ? 0 : 1;
}

/** Undefined where they are too long. */
async function readLines(
  source: AsyncGenerator<Uint8Array>,
  most: number,
): Promise<{ readonly lines: readonly Uint8Array[]; readonly rest: Uint8Array } | undefined> {
  const lines: Uint8Array[] = [];
  let rest: Uint8Array = Buffer.alloc(0);
  while (lines.length < most) {
    const end = rest.indexOf(LF);
    if (end !== -1) {
      lines.push(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
      continue;
    }
    if (rest.length > MOST_SOUGHT_BYTES) {
      await source.return(undefined);
      return undefined;
    }
    const { done, value } = await source.next();
    if (done === true) {
      if (rest.length > 0) lines.push(rest);
      return { lines, rest: Buffer.alloc(0) };
    }
    rest = Buffer.concat([rest, value]);
  }
  return { lines, rest };
}

async function* join(
  lines: readonly Uint8Array[],
  rest: Uint8Array,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* lines;
  if (rest.length > 0) yield rest;
  yield* source;
}
