import type { ChangeFactors } from '#contracts/judgement/risk.js';
import type { Project } from '../dataset/labelled-change.js';
import { toProbability } from '../learning/log-odds.js';
import { applyLogistic, trainLogistic } from '../learning/logistic.js';

/** What everyone should beat: logistic regressions on the size of a change. */
export const BASELINES = {
  // One rising column: ranks changes by added lines, as LApredict (Zeng et al. 2021) does.
  'added lines': ({ la }: ChangeFactors) => [la],
  'logistic on size': ({ la, ld, nf, lt }: ChangeFactors) => [la, ld, nf, lt],
} as const;

export type BaselineName = keyof typeof BASELINES;

/** Probabilities of the changes of `test` by a baseline that learnt from `training`. */
export function judgeByBaseline(name: BaselineName, training: Project, test: Project): number[] {
  const describe = (factors: ChangeFactors) => BASELINES[name](factors).map(Math.log1p);
  const rows = training.changes.map(({ factors }) => describe(factors));
  const model = trainLogistic(
    {
      rows: rows.length,
      columns: rows[0]!.map((_, at) => Float64Array.from(rows, (row) => row[at]!)),
    },
    training.changes.map(({ label }) => label),
    new Float64Array(rows.length).fill(1),
    { ridge: 1e-6 },
  );
  return test.changes.map(({ factors }) => toProbability(applyLogistic(model, describe(factors))));
}
