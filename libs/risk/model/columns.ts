import type { ChangeFactors } from '#contracts/judgement/risk.js';

/** What the columns are about, as people are told. */
export const COLUMN_GROUPS = ['size', 'spread', 'files-history', 'experience', 'purpose', 'pace'] as const;

export type ColumnGroup = (typeof COLUMN_GROUPS)[number];

/** When the project changed before: seconds since the epoch of the change before, and of the tenth before. */
export interface Pace {
  readonly before: number | undefined;
  readonly tenthBefore: number | undefined;
}

/** A number that the model looks at; made of one change and the moments of the ones before it, never of a label. */
export interface Column {
  readonly name: string;
  readonly group: ColumnGroup;
  /**
   * `as-is`: means the same in every project. `own`: depends on how a project counts and how long it is watched, so only a
   * model for one project sees it; others see its rank.
   */
  readonly value: 'as-is' | 'own';
  /** Whether the model also sees its rank among the project's latest changes. */
  readonly ranked: boolean;
  readonly compute: (change: ChangeFactors, pace: Pace) => number;
}

export const COLUMNS: readonly Column[] = [
  size('la', 'as-is', (change) => log(change.la)),
  size('ld', 'as-is', (change) => log(change.ld)),
  size('churn', 'as-is', (change) => log(change.la + change.ld)),
  size('added-share', 'as-is', (change) => (change.la + 0.5) / (change.la + change.ld + 1)),
  size('churn-per-file', 'as-is', (change) => log((change.la + change.ld) / files(change))),
  size('la-of-lt', 'as-is', (change) => Math.log((change.la + 1) / (change.lt + 1))),
  size('churn-of-lt', 'as-is', (change) => Math.log((change.la + change.ld + 1) / (change.lt + 1))),
  { ...spread('ns', (change) => log(change.ns)), ranked: false },
  spread('nd', (change) => log(change.nd)),
  spread('nf', (change) => log(change.nf)),
  spread('entropy', (change) => change.entropy),
  { ...spread('evenness', evenness), ranked: false },
  { ...spread('nf-per-nd', (change) => log(files(change) / Math.max(change.nd, 1))), ranked: false },
  history('lt', 'as-is', (change) => log(change.lt)),
  history('lt-per-file', 'as-is', (change) => log(change.lt / files(change))),
  history('ndev', 'own', (change) => log(change.ndev)),
  history('age', 'own', (change) => log(change.age)),
  history('nuc', 'own', (change) => log(change.nuc)),
  history('nuc-per-file', 'own', (change) => log(change.nuc / files(change))),
  history('ndev-of-nuc', 'own', (change) => Math.log((change.ndev + 1) / (change.nuc + 1))),
  experience('exp', (change) => log(change.exp)),
  experience('rexp', (change) => log(change.rexp)),
  experience('sexp', (change) => log(change.sexp)),
  experience('rexp-of-exp', (change) => Math.log((change.rexp + 1) / (change.exp + 1))),
  experience('sexp-of-exp', (change) => Math.log((change.sexp + 1) / (change.exp + 1))),
  {
    name: 'fix',
    group: 'purpose',
    value: 'as-is',
    ranked: false,
    compute: (change) => change.fix,
  },
  pace('gap', (change, { before }) => elapsed(change, before)),
  pace('gap-of-ten', (change, { tenthBefore }) => elapsed(change, tenthBefore)),
];

type Compute = Column['compute'];

function size(name: string, value: Column['value'], compute: Compute): Column {
  return { name, group: 'size', value, ranked: true, compute };
}

function spread(name: string, compute: Compute): Column {
  return { name, group: 'spread', value: 'as-is', ranked: true, compute };
}

function history(name: string, value: Column['value'], compute: Compute): Column {
  return { name, group: 'files-history', value, ranked: true, compute };
}

function experience(name: string, compute: Compute): Column {
  return { name, group: 'experience', value: 'own', ranked: true, compute };
}

function pace(name: string, compute: Compute): Column {
  return { name, group: 'pace', value: 'own', ranked: true, compute };
}

function log(value: number): number {
  return Math.log1p(Math.max(value, 0));
}

function files(change: ChangeFactors): number {
  return Math.max(change.nf, 1);
}

/** Entropy as a share of the highest that so many files can have. */
function evenness(change: ChangeFactors): number {
  return change.nf > 1 ? change.entropy / Math.log2(change.nf) : 0;
}

/** Without an earlier change: a day, the middle of what is usual. */
const USUAL_GAP = 86_400;

function elapsed(change: ChangeFactors, earlier: number | undefined): number {
  return log(earlier === undefined ? USUAL_GAP : change.at - earlier);
}
