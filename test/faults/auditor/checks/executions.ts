import type { Evidence, Violation } from '../evidence.js';

const check = 'executed once';

/** Each run has one execution in Temporal, and each execution its run; its history has each action done once. */
export function checkExecutions({ runs, executions }: Evidence): Violation[] {
  const counts = Map.groupBy(executions, ({ id }) => id);
  const known = new Set(runs.map(({ id }) => id));
  return [
    ...runs
      .filter(({ id }) => counts.get(id)?.length !== 1)
      .map(({ id }) => ({
        check,
        run: id,
        expected: 'one execution in Temporal',
        found: String(counts.get(id)?.length ?? 'none'),
      })),
    ...[...counts.keys()]
      .filter((id) => !known.has(id))
      .map((id) => ({ check, run: id, expected: 'a run of this execution', found: 'none' })),
    ...executions.flatMap(({ id, completions }) =>
      Object.entries(completions)
        .filter(([, times]) => times > 1)
        .map(([step, times]) => ({ check, run: id, step, expected: 'done once', found: `${times} times` })),
    ),
  ];
}
