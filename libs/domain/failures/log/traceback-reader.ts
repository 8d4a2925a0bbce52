import type { CleanLine } from './clean-line.js';
import type { Notice } from './rule-set.js';

export interface Thrown {
  /** How sure the exception is the cause. */
  readonly weight: number;
  /** Line of the exception from which this one arose. */
  readonly replaces?: number;
}

const MAX_FRAMES = 1_000;
const WEIGHT = 80;
/** An exception that only tells that something else failed. */
export const ECHO_WEIGHT = 45;
const ECHO =
  /(?:\bfailed!?|non-zero exit.{0,40}|exit (?:code|status) -?\d+\.?)$|^(?:KeyboardInterrupt|SystemExit)\b|CalledProcessError|ChildFailedError|ProcessRaisedException/;

export function isEcho(exception: string): boolean {
  return ECHO.test(exception);
}

/** Finds the exception at the end of Python's traces, wherever they are indented or what they are prefixed with. */
export class TracebackReader {
  private prefix: string | undefined;
  private frames = 0;
  private chained = false;
  private last: number | undefined;

  get isOpen(): boolean {
    return this.prefix !== undefined;
  }

  /** Answers where this line is the exception. */
  take({ text, number }: CleanLine, notices: ReadonlySet<Notice>): Thrown | undefined {
    if (notices.has('chained')) this.chained = true;
    if (notices.has('traceback')) {
      this.prefix = text.slice(0, text.indexOf('Traceback (most'));
      this.frames = 0;
      return undefined;
    }
    if (this.prefix === undefined) return undefined;
    const { prefix } = this;
    const rest = text.startsWith(prefix) ? text.slice(prefix.length) : text.trimStart() === '' ? '' : text;
    if (rest === '' || /^[\s|^~+]/.test(rest)) {
      this.frames += 1;
      if (this.frames > MAX_FRAMES) this.prefix = undefined;
      return undefined;
    }
    this.prefix = undefined;
    if (!/^[^\w\s]{0,2}[A-Za-z_][\w.]*(?::|$)/.test(rest)) return undefined;
    const replaces = this.chained ? this.last : undefined;
    this.chained = false;
    this.last = number;
    return { weight: isEcho(rest) ? ECHO_WEIGHT : WEIGHT, ...(replaces === undefined ? {} : { replaces }) };
  }
}
