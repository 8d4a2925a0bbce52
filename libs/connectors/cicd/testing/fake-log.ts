const LINE = Buffer.from(`${'0123456789abcdef'.repeat(4).slice(0, 63)}\n`);
/** A whole number of lines. */
const BLOCK = Buffer.alloc(LINE.length * 1024, LINE);

/** The log of a job: text that was written, and as many bytes of made-up lines as wanted, which are held nowhere. */
export class FakeLog {
  /** Bytes of what was read last: those that did not arrive yet are held somewhere. */
  handedOut = 0;
  private parts: (Buffer | number)[] = [];

  get size(): number {
    return this.parts.reduce<number>((sum, part) => sum + lengthOf(part), 0);
  }

  write(text: string): void {
    this.parts.push(Buffer.from(text));
  }

  /** Lines of 64 bytes, as many as make up `bytes`. */
  fill(bytes: number): void {
    this.parts.push(bytes);
  }

  /** From an offset on. */
  async *read(from = 0): AsyncGenerator<Uint8Array> {
    let skip = from;
    this.handedOut = 0;
    for (const part of this.parts) {
      const length = lengthOf(part);
      for (const bytes of skip < length ? readPart(part, skip) : []) {
        this.handedOut += bytes.length;
        yield bytes;
      }
      skip = Math.max(0, skip - length);
    }
  }

  async text(): Promise<string> {
    const parts: Uint8Array[] = [];
    for await (const part of this.read()) parts.push(part);
    return Buffer.concat(parts).toString('utf8');
  }
}

function lengthOf(part: Buffer | number): number {
  return typeof part === 'number' ? part : part.length;
}

function* readPart(part: Buffer | number, from: number): Generator<Uint8Array> {
  if (typeof part !== 'number') {
    yield part.subarray(from);
    return;
  }
  for (let at = from; at < part; ) {
    const start = at % BLOCK.length;
    const bytes = BLOCK.subarray(start, Math.min(BLOCK.length, start + part - at));
    yield bytes;
    at += bytes.length;
  }
}
