import type { FailureClass } from '../execution/step-error.js';
import { CATEGORIES, UNKNOWN_CATEGORY } from './categories/categories.js';
import type { Category } from './category.js';
import type { Diagnosis } from './diagnosis.js';
import type { Candidate } from './log/candidate.js';
import { stripControls } from './log/clean-line.js';
import { LogScan } from './log/log-scan.js';
import { RuleSet } from './log/rule-set.js';
import { readPause, STRATEGIES, withPause } from './strategy.js';

/** What is known of a failure besides its log. */
export interface FailureFacts {
  readonly error?: { readonly class: FailureClass; readonly message: string };
  readonly exitCode?: number;
}

/** A line of at least this score says more than an exit code. */
const TELLING_SCORE = 40;

/** Categories by what shells and containers mean with an exit code (POSIX 2.8.2; 128 + signal; timeout(1) of coreutils). */
const EXIT_CODES: Readonly<Record<number, string>> = {
  124: 'job_execution_timeout',
  126: 'os_cmd_execution_error',
  127: 'os_cmd_execution_error',
  130: 'job_canceled',
  132: 'program_crash',
  134: 'program_crash',
  135: 'program_crash',
  136: 'program_crash',
  137: 'container_oom_error',
  139: 'program_crash',
  143: 'job_canceled',
};

/** Knows the categories, and reads logs by them. Made once, since its tables are. */
export class Diagnostician {
  private readonly rules: RuleSet;
  private readonly categories: ReadonlyMap<string, Category>;

  /** @param own categories that come before those of Sluice */
  constructor(own: readonly Category[] = []) {
    const all = [...own, ...CATEGORIES.filter(({ id }) => own.every((each) => each.id !== id))];
    this.rules = new RuleSet(all);
    this.categories = new Map(all.map((category) => [category.id, category]));
  }

  /** Reads one log: `push` its text in parts of any size, then `conclude`. */
  open(): LogReading {
    const scan = new LogScan(this.rules);
    return {
      push: (part) => scan.push(part),
      conclude: (facts = {}) => {
        const { lines, best, rival } = scan.close();
        return this.judge(facts, lines, best, rival);
      },
    };
  }

  /** Of a failure with its whole log, or the end of it, at hand. */
  classify({ log = '', ...facts }: FailureFacts & { readonly log?: string }): Diagnosis {
    const reading = this.open();
    reading.push(log);
    return reading.conclude(facts);
  }

  private judge(
    facts: FailureFacts,
    lines: number,
    best: Candidate | undefined,
    rival: Candidate | undefined,
  ): Diagnosis {
    const known = this.categorise(facts, best);
    const category = this.categories.get(known) ?? this.categories.get(UNKNOWN_CATEGORY)!;
    const failureClass =
      category.class === 'unknown' && facts.error !== undefined ? facts.error.class : category.class;
    const strategy = category.strategy ?? STRATEGIES[failureClass];
    return {
      class: failureClass,
      category: category.id,
      title: category.title,
      ...(best === undefined ? {} : { line: best.line, text: show(best.text) }),
      confidence: best === undefined ? 0 : computeConfidence(best, rival),
      remediation: category.remediation,
      strategy: withPause(strategy, findPause(facts, best)),
      before: (best?.before ?? []).map(show),
      after: (best?.after ?? []).map(show),
      lines,
    };
  }

  /** The line's category where it tells one; else that of the exit code; else what the error's own words say. */
  private categorise({ error, exitCode }: FailureFacts, best: Candidate | undefined): string {
    if (best !== undefined && best.score >= TELLING_SCORE && best.category !== UNKNOWN_CATEGORY)
      return best.category;
    const byExit = exitCode === undefined ? undefined : EXIT_CODES[exitCode];
    if (byExit !== undefined) return byExit;
    if (best !== undefined && best.category !== UNKNOWN_CATEGORY) return best.category;
    if (error === undefined) return UNKNOWN_CATEGORY;
    const scan = new LogScan(this.rules);
    scan.push(error.message);
    return scan.close().best?.category ?? UNKNOWN_CATEGORY;
  }
}

export interface LogReading {
  push(part: string): void;
  conclude(facts?: FailureFacts): Diagnosis;
}

/** Characters of a line that is shown. */
const MAX_SHOWN_LENGTH = 400;

function show(line: string): string {
  return stripControls(line.slice(0, 4 * MAX_SHOWN_LENGTH))
    .slice(0, MAX_SHOWN_LENGTH)
    .toWellFormed();
}

function findPause({ error }: FailureFacts, best: Candidate | undefined): number | undefined {
  const around = best === undefined ? [] : [best.text, ...best.after, ...best.before];
  for (const text of [...around, error?.message ?? '']) {
    const pause = readPause(text);
    if (pause !== undefined) return pause;
  }
  return undefined;
}

function computeConfidence(best: Candidate, rival: Candidate | undefined): number {
  const near = rival !== undefined && best.score - rival.score < 5 ? 15 : 0;
  return Math.min(99, Math.max(5, best.score - near)) / 100;
}
