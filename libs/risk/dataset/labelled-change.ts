import type { ChangeFactors } from '#contracts/judgement/risk.js';

/** A change of which it is known whether it brought in a defect. */
export interface LabelledChange {
  readonly factors: ChangeFactors;
  /** 1 when it did, else 0. */
  readonly label: 0 | 1;
}

/** The labelled changes of one project, in the order of time. */
export interface Project {
  readonly name: string;
  readonly changes: readonly LabelledChange[];
  /** What was read otherwise than it stood, in words. */
  readonly notes: readonly string[];
}
