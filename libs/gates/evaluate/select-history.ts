import type { Criterion, Gate } from '#contracts/judgement/gate.js';
import type { EarlierRun } from '../gate/read-history.js';
import { selectCompared } from './earlier.js';

/**
 * What the gate looks at of its earlier runs, the latest first, with the metrics that are compared: the gate says the same
 * of all of them as of these. None where it compares nothing.
 */
export function selectHistory(gate: Gate, history: readonly EarlierRun[]): readonly EarlierRun[] {
  const metrics = new Set<string>();
  const runs = new Set<EarlierRun>();
  for (const criterion of gate.criteria) {
    const compared = selectFor(criterion, history);
    if (compared === undefined) continue;
    metrics.add(compared.metric);
    for (const run of compared.runs) runs.add(run);
  }
  return history
    .filter((run) => runs.has(run))
    .map((run) => ({ ...run, values: new Map([...run.values].filter(([metric]) => metrics.has(metric))) }));
}

interface Compared {
  readonly metric: string;
  readonly runs: readonly EarlierRun[];
}

function selectFor(criterion: Criterion, history: readonly EarlierRun[]): Compared | undefined {
  switch (criterion.kind) {
    case 'threshold': {
      const { metric, pass, warn, compare, adapt } = criterion;
      const isRelative = [...pass, ...warn].flat().some(({ of }) => of !== 'absolute');
      const compared = isRelative ? selectCompared(history, compare) : [];
      const learnt =
        adapt === undefined
          ? []
          : history.filter(({ afterwards }) => afterwards !== undefined).slice(0, adapt.last);
      return isRelative || adapt !== undefined ? { metric, runs: [...compared, ...learnt] } : undefined;
    }
    case 'trend':
      // Which of them can be compared, their units decide.
      return {
        metric: criterion.metric,
        runs: history.filter(({ values }) => values.has(criterion.metric)),
      };
    case 'statistical':
    case 'policy':
      return undefined;
  }
}
