import type { ChangeFactors } from '#contracts/judgement/risk.js';
import { COLUMNS, type RiskFactor } from './columns.js';
import { Past, RANKED, REFERENCE_PARTS, type Reference } from './past.js';

/** What the model looks at, in the order of a row: values of columns, then ranks. */
export interface Feature {
  readonly name: string;
  readonly factor: RiskFactor;
  /** Whether it means the same in every project. */
  readonly portable: boolean;
  /** Whether it is a rank among the project's latest changes. */
  readonly rank: boolean;
}

export const FEATURES: readonly Feature[] = [
  ...COLUMNS.map(({ name, factor, value }) => ({ name, factor, portable: value === 'as-is', rank: false })),
  ...RANKED.map(({ name, factor }) => ({ name: `rank:${name}`, factor, portable: true, rank: true })),
];

export function computeFeatures(change: ChangeFactors, past: Past, reference: Reference): Float64Array {
  const { pace } = past;
  const row = new Float64Array(FEATURES.length);
  for (const [at, column] of COLUMNS.entries()) row[at] = column.compute(change, pace);
  for (const [at, column] of RANKED.entries())
    row[COLUMNS.length + at] = past.rank(at, column.compute(change, pace), reference);
  return row;
}

/** A row for each change, compared with those before it; changes in the order of time. */
export function computeHistory(changes: readonly ChangeFactors[], reference: Reference): Float64Array[] {
  const past = new Past();
  return changes.map((change) => {
    const row = computeFeatures(change, past, reference);
    past.add(change);
    return row;
  });
}

/** What is usual in the given projects, each counting the same. */
export function computeReference(projects: readonly (readonly ChangeFactors[])[]): Reference {
  const columns = RANKED.map((): number[] => []);
  for (const changes of projects) {
    const mine = RANKED.map((): number[] => []);
    const past: number[] = [];
    for (const change of changes) {
      const pace = { before: past.at(-1), tenthBefore: past.at(-10) ?? past[0] };
      for (const [at, column] of RANKED.entries()) mine[at]!.push(column.compute(change, pace));
      past.push(change.at);
    }
    for (const [at, values] of mine.entries()) columns[at]!.push(...chooseEvenly(values, REFERENCE_PARTS));
  }
  return columns.map((values) => chooseEvenly(values, REFERENCE_PARTS).map(Math.fround));
}

/** The middles of `count` equally large parts of the values. */
function chooseEvenly(values: readonly number[], count: number): number[] {
  const sorted = Float64Array.from(values).sort();
  return Array.from(
    { length: count },
    (_, part) => sorted[Math.floor(((part + 0.5) * sorted.length) / count)]!,
  );
}
