import type { AttemptKey, LogChunk, LogLine } from '#contracts/ports.js';
import type { LogTail } from './diagnose-failure.js';
import { toLogLine } from './log-line.js';

const MAX_LINES = 500;
const FLUSH_MS = 250;
/** Of what is kept for a diagnosis. */
const TAIL = { lines: 4_000, characters: 512 * 1024 } as const;

/** Gathers the lines of one attempt into chunks, numbered from 1, so that live output costs few writes. */
export class AttemptLog {
  private lines: LogLine[] = [];
  private firstLine = 1;
  private timer: NodeJS.Timeout | undefined;
  private tail: string[] = [];
  private tailCharacters = 0;
  private count = 0;

  /** @param write must not throw */
  constructor(
    private readonly attempt: AttemptKey,
    private readonly mask: (text: string) => string,
    private readonly write: (chunk: LogChunk) => void,
  ) {}

  add(stream: LogLine['stream'], text: string): void {
    const line = toLogLine(this.mask(text));
    this.lines.push({ at: Date.now(), stream, text: line });
    // What Sluice itself says is no cause of anything; its lines count all the same.
    this.keep(stream === 'sluice' ? '' : line);
    if (this.lines.length >= MAX_LINES) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  /** The last lines, as they were written. */
  readTail(): LogTail {
    return { firstLine: this.count - this.tail.length + 1, text: this.tail.join('\n') };
  }

  private keep(line: string): void {
    this.count += 1;
    this.tailCharacters += line.length;
    this.tail.push(line);
    if (this.tail.length <= TAIL.lines && this.tailCharacters <= TAIL.characters) return;
    // Half at once: what is kept is copied rarely.
    const dropped = this.tail.splice(0, Math.ceil(this.tail.length / 2));
    this.tailCharacters -= dropped.reduce((sum, each) => sum + each.length, 0);
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
