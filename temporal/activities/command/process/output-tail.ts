const BLOCK_BYTES = 64 * 1024;

/** The last `limit` bytes of a stream, whatever its length, in memory for hardly more than these. */
export class OutputTail {
  readonly #limit: number;
  /** All full but the last. */
  readonly #blocks: Buffer[] = [];
  /** Bytes in the last block. */
  #filled = BLOCK_BYTES;
  #total = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Buffer): void {
    this.#total += chunk.length;
    let at = Math.max(0, chunk.length - this.#limit);
    while (at < chunk.length) {
      if (this.#filled === BLOCK_BYTES) this.#open();
      const copied = chunk.copy(this.#blocks.at(-1)!, this.#filled, at);
      this.#filled += copied;
      at += copied;
    }
  }

  /** As UTF-8 without half a character at its beginning; NUL, which databases refuse, and invalid bytes as U+FFFD. */
  read(): { readonly text: string; readonly truncated: boolean } {
    const kept = Buffer.concat(this.#blocks, this.#size());
    let start = Math.max(0, kept.length - this.#limit);
    const truncated = this.#total > this.#limit;
    if (truncated) {
      const end = Math.min(start + 3, kept.length);
      while (start < end && ((kept[start] ?? 0) & 0xc0) === 0x80) start += 1;
    }
    return { text: kept.toString('utf8', start).replaceAll('\0', '\ufffd'), truncated };
  }

  #open(): void {
    this.#blocks.push(Buffer.allocUnsafe(BLOCK_BYTES));
    this.#filled = 0;
    while (this.#size() - BLOCK_BYTES >= this.#limit) this.#blocks.shift();
  }

  #size(): number {
    return this.#blocks.length === 0 ? 0 : (this.#blocks.length - 1) * BLOCK_BYTES + this.#filled;
  }
}
