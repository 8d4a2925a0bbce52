import type { LogLine } from '#contracts/ports.js';
import { MAX_LOG_LINE_BYTES, toLogLine } from './log-line.js';

/** Where the lines of an attempt go, up to a limit. */
interface LineSink {
  write(stream: LogLine['stream'], line: string): void;
  /** Nothing more is taken. */
  readonly full: boolean;
}

/** What storing a line costs beside its text. */
const LINE_COST = 32;

/** Passes lines on until they amount to `limit` bytes, then one that says so. */
export function createLineSink(
  log: (stream: LogLine['stream'], line: string) => void,
  limit: number,
): LineSink {
  let left = limit;
  return {
    write(stream, line) {
      if (left <= 0) return;
      left -= Buffer.byteLength(line) + LINE_COST;
      log(stream, line);
      if (left <= 0)
        log('sluice', `The log of this attempt reached ${limit} bytes; later lines are not stored.`);
    },
    get full() {
      return left <= 0;
    },
  };
}

const LF = 0x0a;

/** How secrets are taken out of a line before it is cut: half of one would be recognised nowhere. */
export interface LineMasking {
  /** The longest form in which a secret may be printed, in bytes. */
  readonly longest: number;
  hide(text: string): string;
}

/** Cuts the bytes of one stream into lines; holds at most one line's limit of them. */
export class LineReader {
  readonly #stream: LogLine['stream'];
  readonly #sink: LineSink;
  readonly #masking: LineMasking | undefined;
  readonly #limit: number;
  #parts: Buffer[] = [];
  #size = 0;
  #cut = false;

  constructor(stream: LogLine['stream'], sink: LineSink, masking?: LineMasking) {
    this.#stream = stream;
    this.#sink = sink;
    this.#masking = masking;
    this.#limit = MAX_LOG_LINE_BYTES + (masking?.longest ?? 0);
  }

  push(chunk: Buffer): void {
    let start = 0;
    while (start < chunk.length && !this.#sink.full) {
      const end = chunk.indexOf(LF, start);
      this.#keep(chunk.subarray(start, end < 0 ? chunk.length : end));
      if (end < 0) return;
      this.#flush();
      start = end + 1;
    }
  }

  /** The last line may lack its end. */
  end(): void {
    if (this.#size > 0) this.#flush();
  }

  #keep(bytes: Buffer): void {
    const part = bytes.subarray(0, this.#limit - this.#size);
    this.#cut ||= part.length < bytes.length;
    if (part.length === 0) return;
    this.#parts.push(Buffer.from(part));
    this.#size += part.length;
  }

  #flush(): void {
    const line = Buffer.concat(this.#parts).toString('utf8');
    this.#sink.write(this.#stream, toLogLine(this.#masking?.hide(line) ?? line, this.#cut));
    this.#parts = [];
    this.#size = 0;
    this.#cut = false;
  }
}
