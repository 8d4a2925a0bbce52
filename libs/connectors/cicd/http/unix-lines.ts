const CR = 0x0d;
const LF = 0x0a;

/** Text whose lines end with LF, of one whose lines end with CR LF or LF. */
export class UnixLines {
  /** Bytes that came. */
  read = 0;
  /** 1 where the last byte was a CR that is not given yet: an LF may follow it, another time. */
  held: 0 | 1 = 0;

  /** @param isWhole nothing follows, another time */
  constructor(
    private readonly source: AsyncIterable<Uint8Array>,
    private readonly isWhole: boolean,
  ) {}

  async *bytes(): AsyncGenerator<Uint8Array> {
    for await (const part of this.source) {
      if (part.length === 0) continue;
      this.read += part.length;
      if (this.held === 1 && part[0] !== LF) yield Uint8Array.of(CR);
      this.held = part.at(-1) === CR ? 1 : 0;
      const given = dropCarriageReturns(part.subarray(0, part.length - this.held));
      if (given.length > 0) yield given;
    }
    if (this.held === 0 || !this.isWhole) return;
    this.held = 0;
    yield Uint8Array.of(CR);
  }
}

function dropCarriageReturns(part: Uint8Array): Uint8Array {
  let kept = part.indexOf(CR);
  if (kept === -1) return part;
  const given = Uint8Array.from(part);
  for (let at = kept; at < part.length; at += 1) {
    if (part[at] === CR && part[at + 1] === LF) continue;
    given[kept] = part[at]!;
    kept += 1;
  }
  return given.subarray(0, kept);
}
