import type { Criterion, GateType } from './gate.js';

export const OUTCOMES = ['pass', 'warn', 'fail', 'inconclusive'] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** What a gate says, for programs and in words. The same inputs give the same bytes. */
export interface GateResult {
  readonly gate: string;
  readonly type?: GateType;
  /** ISO 8601, UTC; handed in, not read from a clock. */
  readonly at: string;
  readonly outcome: Outcome;
  /** Percent of the weights that count: what is certain, with what could not be judged as failed. */
  readonly score: number;
  /** The score, had all that could not be judged passed. */
  readonly reachable: number;
  /** Percent that the score must reach. */
  readonly thresholds: { readonly pass: number; readonly warn?: number };
  /** 0 to 100, where it was given. */
  readonly risk?: number;
  /** In the order of the gate. */
  readonly criteria: readonly CriterionResult[];
  /** Limits that were not those written in the gate, and why. */
  readonly adapted: readonly AdaptedLimit[];
  /** What was left out of the judgement, and why. */
  readonly notes: readonly string[];
  readonly text: string;
  readonly wouldChange: string;
  /** What became of the change afterwards, said later by who knows. */
  readonly afterwards?: Afterwards;
}

export type Afterwards = 'good' | 'bad';

export interface CriterionResult {
  readonly name: string;
  /** What people call it, where that is not its name. */
  readonly title?: string;
  readonly kind: Criterion['kind'];
  readonly metric?: string;
  /** `info`: not judged, and not counted. */
  readonly outcome: Outcome | 'info';
  readonly value?: number;
  readonly unit?: string;
  /** The number of earlier runs that the value was compared with. */
  readonly compared?: number;
  /** What was asked for, in words. */
  readonly expected: string;
  /** From the value to the limit that decided; positive is worse than the limit. */
  readonly difference?: number;
  readonly weight: number;
  /** Of the weight: all for a pass, half for a warning. */
  readonly points: number;
  /** False for what informs only and for what may be missing. */
  readonly counted: boolean;
  readonly key: boolean;
  /** For a person: value, expectation, difference. */
  readonly text: string;
  /** What would change the outcome of the criterion; absent for what informs only. */
  readonly wouldChange?: string;
}

export interface AdaptedLimit {
  readonly criterion: string;
  readonly level: 'pass' | 'warn';
  /** As written in the gate, and as it was used. */
  readonly written: string;
  readonly used: string;
  readonly reason: string;
}
