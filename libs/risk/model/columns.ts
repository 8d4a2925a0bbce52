import type { ChangeFactors } from '#contracts/judgement/risk.js';

/** What people are told a change is made of; every column belongs to one. */
export const RISK_FACTORS = [
  'lines',
  'files',
  'directories',
  'spread',
  'file-size',
  'developers',
  'last-change',
  'earlier-changes',
  'experience',
  'subsystem-experience',
  'fix',
  'pace',
] as const;

export type RiskFactor = (typeof RISK_FACTORS)[number];

/** When the project changed before: seconds since the epoch of the change before, and of the tenth before. */
export interface Pace {
  readonly before: number | undefined;
  readonly tenthBefore: number | undefined;
}

/** A number that the model looks at; made of one change and the moments of the ones before it, never of a label. */
export interface Column {
  readonly name: string;
  readonly factor: RiskFactor;
  /**
   * `as-is`: means the same in every project. `own`: depends on how a project counts and how long it is watched, so only a
   * model for one project sees it; others see its rank.
   */
  readonly value: 'as-is' | 'own';
  /** Whether the model also sees its rank among the project's latest changes. */
  readonly ranked: boolean;
  readonly compute: (change: ChangeFactors, pace: Pace) => number;
}

/**
 * Not among them: REXP. In the tables of Zeng et al. it counts changes that the author made later, as if made that day, so
 * what it teaches nobody can know in time. The hour says nothing that later changes bear out.
 */
export const COLUMNS: readonly Column[] = [
  column('la', 'lines', 'as-is', (change) => log(change.la)),
  column('ld', 'lines', 'as-is', (change) => log(change.ld)),
  column('churn', 'lines', 'as-is', (change) => log(churn(change))),
  column('added-share', 'lines', 'as-is', (change) => (change.la + 0.5) / (churn(change) + 1)),
  column('churn-per-file', 'lines', 'as-is', (change) => log(churn(change) / files(change))),
  column('la-of-lt', 'lines', 'as-is', (change) => ratio(change.la, change.lt)),
  column('churn-of-lt', 'lines', 'as-is', (change) => ratio(churn(change), change.lt)),
  { ...column('ns', 'directories', 'as-is', (change) => log(change.ns)), ranked: false },
  column('nd', 'directories', 'as-is', (change) => log(change.nd)),
  column('nf', 'files', 'as-is', (change) => log(change.nf)),
  {
    ...column('nf-per-nd', 'files', 'as-is', (change) => log(files(change) / Math.max(change.nd, 1))),
    ranked: false,
  },
  column('entropy', 'spread', 'as-is', (change) => change.entropy),
  { ...column('evenness', 'spread', 'as-is', evenness), ranked: false },
  column('lt', 'file-size', 'as-is', (change) => log(change.lt)),
  column('lt-per-file', 'file-size', 'as-is', (change) => log(change.lt / files(change))),
  column('ndev', 'developers', 'own', (change) => log(change.ndev)),
  column('ndev-of-nuc', 'developers', 'own', (change) => ratio(change.ndev, change.nuc)),
  column('age', 'last-change', 'own', (change) => log(change.age)),
  column('nuc', 'earlier-changes', 'own', (change) => log(change.nuc)),
  column('nuc-per-file', 'earlier-changes', 'own', (change) => log(change.nuc / files(change))),
  column('exp', 'experience', 'own', (change) => log(change.exp)),
  column('sexp', 'subsystem-experience', 'own', (change) => log(change.sexp)),
  column('sexp-of-exp', 'subsystem-experience', 'own', (change) => ratio(change.sexp, change.exp)),
  { ...column('fix', 'fix', 'as-is', (change) => change.fix), ranked: false },
  column('gap', 'pace', 'own', (change, { before }) => elapsed(change, before)),
  column('gap-of-ten', 'pace', 'own', (change, { tenthBefore }) => elapsed(change, tenthBefore)),
];

function column(
  name: string,
  factor: RiskFactor,
  value: Column['value'],
  compute: Column['compute'],
): Column {
  return { name, factor, value, ranked: true, compute };
}

function churn(change: ChangeFactors): number {
  return change.la + change.ld;
}

function ratio(one: number, other: number): number {
  return Math.log((one + 1) / (other + 1));
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
