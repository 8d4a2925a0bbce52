import type { Json } from '../json.js';
import type { Reason } from './facts.js';

/** One key of a definition with its value, and why it stands there. */
export interface Line {
  readonly key: string;
  readonly value: Json | readonly Line[];
  /** Whether the value is a list of further lines. */
  readonly open: boolean;
  /** Absent where the lines below, or the one above, say it. */
  readonly why?: Reason;
}

/** A key with lines below it. */
export function block(key: string, lines: readonly (Line | undefined)[], why?: Reason): Line {
  const value = lines.filter((line) => line !== undefined);
  return { key, value, open: true, ...(why === undefined ? {} : { why }) };
}

export function line(key: string, value: Json, why?: Reason): Line {
  return { key, value, open: false, ...(why === undefined ? {} : { why }) };
}

/** Text that is taken as it stands where expressions are looked for. */
export function literal(text: string): string {
  return text.replaceAll('${{', '$${{');
}
