import type { Evidence, Violation } from '../evidence.js';

const check = 'audit log';

/** The chain is whole, all entries have their place in it, and each run that was started from outside has one entry of it. */
export function checkAuditLog({ audit, runs }: Evidence): Violation[] {
  const counts = Map.groupBy(audit.started, (run) => run);
  const known = new Set(runs.map(({ id }) => id));
  return [
    ...(audit.fault === undefined ? [] : [{ check, expected: 'a whole chain', found: audit.fault }]),
    ...(audit.unsealed === 0
      ? []
      : [{ check, expected: 'a place in the chain for each entry', found: `${audit.unsealed} without` }]),
    ...runs
      .filter(({ id, trigger }) => trigger === 'api' && counts.get(id)?.length !== 1)
      .map(({ id }) => ({
        check,
        run: id,
        expected: 'one entry of its start',
        found: String(counts.get(id)?.length ?? 'none'),
      })),
    ...[...counts.keys()]
      .filter((run) => !known.has(run))
      .map((run) => ({ check, run, expected: 'starts of runs that there are', found: 'no such run' })),
  ];
}
