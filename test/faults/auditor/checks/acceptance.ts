import type { Evidence, Violation } from '../evidence.js';

const check = 'accepted';

/** Each 202 is exactly one run, which ends as it should; no other run was started from outside. */
export function checkAcceptance({ ledger, runs, expected }: Evidence): Violation[] {
  const { acceptances } = ledger;
  const known = new Map(runs.map((run) => [run.id, run]));
  const accepted = new Set(acceptances.map(({ run }) => run));
  const byKey = Map.groupBy(acceptances, ({ key }) => key);
  const byRun = Map.groupBy(acceptances, ({ run }) => run);
  return [
    ...[...byKey].filter(([, { length }]) => length > 1).map(doubled),
    ...[...byRun].filter(([, { length }]) => length > 1).map(shared),
    ...[...accepted].filter((run) => !known.has(run)).map(lost),
    ...runs.filter(({ id, trigger }) => trigger === 'api' && !accepted.has(id)).map(({ id }) => orphaned(id)),
    ...runs
      .filter(({ status }) => status !== expected)
      .map(({ id, status }) => ({ check, run: id, expected: `a run that ends ${expected}`, found: status })),
  ];
}

function doubled([key, acceptances]: [string, Evidence['ledger']['acceptances']]): Violation {
  const [first, ...others] = acceptances.map(({ run }) => run);
  return {
    check,
    run: first!,
    expected: `one run for the key ${key}`,
    found: `also ${others.join(', ')}`,
  };
}

function shared([run, acceptances]: [string, Evidence['ledger']['acceptances']]): Violation {
  const keys = acceptances.map(({ key }) => key).join(', ');
  return { check, run, expected: 'a run for each key', found: `the same run for ${keys}` };
}

function lost(run: string): Violation {
  return { check, run, expected: 'a run that was answered with 202', found: 'none of this id' };
}

function orphaned(run: string): Violation {
  return { check, run, expected: 'only runs that were accepted', found: 'one that nobody was told of' };
}
