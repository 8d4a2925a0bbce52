/** The last `limit` bytes of a stream, whatever its length. */
export class OutputTail {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #size = 0;
  #dropped = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(Buffer.from(this.#lastOf(chunk)));
    this.#dropped ||= chunk.length > this.#limit;
    this.#size += Math.min(chunk.length, this.#limit);
    if (this.#size > 2 * this.#limit + 65_536) this.#compact();
  }

  /** As UTF-8 without half a character at its beginning; NUL, which databases refuse, and invalid bytes as U+FFFD. */
  read(): { readonly text: string; readonly truncated: boolean } {
    this.#compact();
    let bytes = this.#chunks[0] ?? Buffer.alloc(0);
    if (this.#dropped) {
      let start = 0;
      while (start < Math.min(3, bytes.length) && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
      bytes = bytes.subarray(start);
    }
    return { text: bytes.toString('utf8').replaceAll('\0', '\ufffd'), truncated: this.#dropped };
  }

  #compact(): void {
    const all = Buffer.concat(this.#chunks);
    this.#dropped ||= all.length > this.#limit;
    this.#chunks = [this.#lastOf(all)];
    this.#size = this.#chunks[0]?.length ?? 0;
  }

  #lastOf(bytes: Buffer): Buffer {
    return bytes.subarray(Math.max(0, bytes.length - this.#limit));
  }
}
