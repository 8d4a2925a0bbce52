import type { SluiceError } from '#domain/errors.js';
import { createReportTooLarge } from './report-error.js';

const MAX_RULES = 50_000;

/** Counts of what analysers find, in the words of the format, and how often each rule found something. */
export class FindingTally {
  private readonly counts = new Map<string, number>();
  private readonly rules = new Map<string, number>();

  constructor(names: readonly string[]) {
    for (const name of names) this.counts.set(name, 0);
  }

  add(name: string, count = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + count);
  }

  /** A rule that was looked for; 0 where it found nothing. */
  addRule(rule: string, count: number): void {
    if (rule === '') return;
    const known = this.rules.get(rule);
    if (known === undefined && this.rules.size >= MAX_RULES) throw createTooMany();
    this.rules.set(rule, (known ?? 0) + count);
  }

  measure(): Record<string, number> {
    return {
      ...Object.fromEntries(this.counts),
      ...Object.fromEntries([...this.rules].map(([rule, count]) => [`rules.${rule}`, count])),
    };
  }
}

function createTooMany(): SluiceError {
  return createReportTooLarge(`The reports name more than ${MAX_RULES} rules.`);
}
