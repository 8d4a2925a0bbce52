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
  /** Digest of the last line. */
  last = '';

  constructor(private readonly source: AsyncIterable<Uint8Array>) {}

  async *bytes(): AsyncGenerator<Uint8Array> {
    let hash = createHash('sha256');
    let isOpen = false;
    for await (const part of new UnixLines(this.source, true).bytes()) {
      let start = 0;
      for (let end = part.indexOf(LF); end !== -1; end = part.indexOf(LF, start)) {
        this.end(hash.update(part.subarray(start, end)).digest('hex'));
        hash = createHash('sha256');
        start = end + 1;
      }
      hash.update(part.subarray(start));
      isOpen = part.at(-1) !== LF;
      yield part;
    }
    if (!isOpen) return;
    this.end(hash.digest('hex'));
    yield Uint8Array.of(LF);
  }

  private end(digest: string): void {
    this.count += 1;
    this.last = digest;
  }
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
  const fits = head.lines.map((line) => createHash('sha256').update(line).digest('hex') === last);
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
