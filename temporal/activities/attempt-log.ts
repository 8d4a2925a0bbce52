import type { AttemptKey, LogChunk, LogLine } from '#contracts/ports.js';
import { toLogLine } from './log-line.js';

const MAX_LINES = 500;
const FLUSH_MS = 250;

/** Gathers the lines of one attempt into chunks, numbered from 1, so that live output costs few writes. */
export class AttemptLog {
  private lines: LogLine[] = [];
  private firstLine = 1;
  private timer: NodeJS.Timeout | undefined;

  /** @param write must not throw */
  constructor(
    private readonly attempt: AttemptKey,
    private readonly mask: (text: string) => string,
    private readonly write: (chunk: LogChunk) => void,
  ) {}

  add(stream: LogLine['stream'], text: string): void {
    this.lines.push({ at: Date.now(), stream, text: toLogLine(this.mask(text)) });
    if (this.lines.length >= MAX_LINES) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.lines.length === 0) return;
    const { run, step, attempt } = this.attempt;
    this.write({ run, step, attempt, firstLine: this.firstLine, lines: this.lines });
    this.firstLine += this.lines.length;
    this.lines = [];
  }
}
