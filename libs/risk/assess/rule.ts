import type { ChangeFactors, RiskContext } from '#contracts/judgement/risk.js';

/**
 * What the learnt data cannot teach, because they hold code and its history only: stated by hand, in log odds, and told
 * apart from what was learnt. Each is small against what a model says of a large change.
 */
export interface Rule {
  readonly factor: string;
  /** Log odds added; `undefined` when nothing is known, so that nothing is said. */
  readonly judge: (change: ChangeFactors, context: RiskContext) => Finding | undefined;
}

export interface Finding {
  readonly adds: number;
  readonly words: string;
}

export function countWords(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
