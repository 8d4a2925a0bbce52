/** What a report says of its tests, whatever its format. */
export interface TestReport {
  readonly format: ReportFormat;
  readonly totals: TestTotals;
  readonly durations: Durations;
  /** Each test once, in the report's order; a report may count tests that it does not list. */
  readonly cases: readonly TestCase[];
}

/** What a report says of how long its tests took: where it says nothing, or what is no duration, a sum of zero is none. */
export type Durations = 'known' | 'none' | 'unreadable';

export type ReportFormat = 'junit' | 'ctrf' | 'tap';

export interface TestCase {
  readonly suite: string;
  readonly name: string;
  /** `failed` its assertions; `error` it broke, or the report says that it is incomplete. */
  readonly status: 'passed' | 'failed' | 'skipped' | 'error';
  readonly durationMs: number;
  /** Why it failed or broke; at most 2,000 characters. */
  readonly message?: string;
}

export interface TestTotals {
  /** The sum of the four below. */
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly errors: number;
  /** Sum of the tests' own durations. */
  readonly durationMs: number;
}

/** Notes each duration that is written, one after the other. */
export class DurationNotes {
  private known = false;
  private unreadable = false;

  /** Answers with the duration, 0 where it is none. @param value undefined where none is written */
  read(value: number | undefined): number {
    if (value === undefined) return 0;
    const readable = Number.isFinite(value) && value >= 0;
    if (readable) this.known = true;
    else this.unreadable = true;
    return readable ? value : 0;
  }

  get all(): Durations {
    if (this.unreadable) return 'unreadable';
    return this.known ? 'known' : 'none';
  }
}

/** Limit of one report file. */
export const MAX_REPORT_BYTES = 32 * 1024 * 1024;

const MAX_MESSAGE = 2000;
const MAX_NAME = 500;

/** Messages and names as reports hold them, cut to what a TestCase may hold. */
export function createTestCase(test: TestCase): TestCase {
  const { suite, name, status, durationMs, message } = test;
  return {
    suite: cut(suite.trim(), MAX_NAME),
    name: cut(name.trim(), MAX_NAME),
    status,
    durationMs: Number.isFinite(durationMs) && durationMs > 0 ? durationMs : 0,
    ...(message?.trim() ? { message: cut(message.trim(), MAX_MESSAGE) } : {}),
  };
}

export function countCases(cases: readonly TestCase[]): TestTotals {
  const counts = { passed: 0, failed: 0, skipped: 0, error: 0 };
  let durationMs = 0;
  for (const test of cases) {
    counts[test.status] += 1;
    durationMs += test.durationMs;
  }
  const { error: errors, ...others } = counts;
  return { total: cases.length, ...others, errors, durationMs: Math.round(durationMs) };
}

export function addTotals(parts: readonly TestTotals[]): TestTotals {
  const sum = (key: keyof TestTotals): number => parts.reduce((total, part) => total + part[key], 0);
  return {
    total: sum('total'),
    passed: sum('passed'),
    failed: sum('failed'),
    skipped: sum('skipped'),
    errors: sum('errors'),
    durationMs: sum('durationMs'),
  };
}

/** Not half a surrogate pair, which JSON in a database cannot hold. */
function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
