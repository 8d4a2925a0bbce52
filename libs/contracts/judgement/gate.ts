import type { MetricSource } from './metric-source.js';

export const GATE_TYPES = ['pre-commit', 'pre-merge', 'pre-deploy', 'post-deploy'] as const;

export type GateType = (typeof GATE_TYPES)[number];

/** What a criterion becomes that has no number: not known, a failure, or left out of the total. */
export const MISSING_POLICIES = ['inconclusive', 'fail', 'ignore'] as const;

export type MissingPolicy = (typeof MISSING_POLICIES)[number];

/** A gate as it was read, whatever its language: all that decides, and nothing about how it was written. */
export interface Gate {
  readonly name: string;
  readonly type?: GateType;
  /** Where the two languages differ (no earlier runs, percentiles), each keeps its own rules. */
  readonly rules: 'sluice' | 'keptn';
  /** Where values come from, by metric. */
  readonly metrics: Readonly<Record<string, MetricSource>>;
  /** Names are unique. */
  readonly criteria: readonly Criterion[];
  readonly total: TotalThresholds;
  readonly strictness?: Strictness;
}

/** Percent of the weights. Without `warn`, what does not pass fails. */
export interface TotalThresholds {
  readonly pass: number;
  readonly warn?: number;
}

/** Limits grow stricter with the risk of the change: not at all up to `from`, by `tighten` percent at 100. */
export interface Strictness {
  readonly from: number;
  readonly tighten: number;
}

export type Criterion = ThresholdCriterion | StatisticalCriterion | TrendCriterion | PolicyCriterion;

interface CriterionFrame {
  readonly name: string;
  /** What people call it, where that is not its name. */
  readonly title?: string;
  readonly weight: number;
  /** Its failure is the failure of the gate. */
  readonly key: boolean;
  readonly missing: MissingPolicy;
}

/** Without `pass` it informs only. */
export interface ThresholdCriterion extends CriterionFrame {
  readonly kind: 'threshold';
  readonly metric: string;
  /** One of the alternatives, all conditions of it. */
  readonly pass: readonly (readonly Condition[])[];
  readonly warn: readonly (readonly Condition[])[];
  /** How the earlier runs become the one number that relative conditions ask for. */
  readonly compare: Comparison;
  readonly adapt?: Adaptation;
}

export type Sign = '<' | '<=' | '=' | '>=' | '>';

export interface Condition {
  readonly sign: Sign;
  /**
   * `absolute`: the value itself. `change`: its difference from earlier runs. `percent`: the same in percent of them.
   */
  readonly of: 'absolute' | 'change' | 'percent';
  readonly amount: number;
  readonly unit?: string;
  /** As a person writes it: `<= +10%`. */
  readonly text: string;
}

export const AGGREGATES = ['average', 'p50', 'p90', 'p95'] as const;

export interface Comparison {
  readonly with: (typeof AGGREGATES)[number];
  /** The last so many earlier runs. */
  readonly last: number;
  /** Which of them count, by the outcome of the whole gate. */
  readonly of: 'all' | 'passed' | 'passed-or-warned';
  readonly atLeast: number;
  /** What relative conditions become with fewer than `atLeast`: not known, or taken as met. */
  readonly fewer: 'inconclusive' | 'pass';
}

/** The limit is learnt from earlier runs and what happened after them, and is never looser than the floor. */
export interface Adaptation {
  readonly floor: Condition;
  /** Of the values of runs after which all was well: 0 to 100. */
  readonly quantile: number;
  /** With fewer such runs the limit stands as written. */
  readonly atLeast: number;
  readonly last: number;
}

export const EFFECTS = ['small', 'medium', 'large'] as const;

/** Fails where the samples are worse than the baseline, surely (`alpha`) and by enough (`effect`). */
export interface StatisticalCriterion extends CriterionFrame {
  readonly kind: 'statistical';
  readonly metric: string;
  /** What is better. */
  readonly direction: 'lower' | 'higher';
  readonly alpha: number;
  readonly effect: (typeof EFFECTS)[number];
  /** Samples on each side. */
  readonly atLeast: number;
}

/** Fails where the metric gets worse from run to run, surely (`alpha`) and by more than `tolerance` a run. */
export interface TrendCriterion extends CriterionFrame {
  readonly kind: 'trend';
  readonly metric: string;
  readonly direction: 'lower' | 'higher';
  readonly alpha: number;
  /** In percent of the median of the earlier runs, for each run. */
  readonly tolerance: number;
  readonly last: number;
  readonly atLeast: number;
}

/** CEL over `metrics`, `criteria`, `risk`, `gate`; true is a pass. */
export interface PolicyCriterion extends CriterionFrame {
  readonly kind: 'policy';
  readonly policy: string;
  readonly warn?: string;
}
