import { isDeepStrictEqual } from 'node:util';
import type { Evidence, Execution, ProjectedRun, ToldRun, Violation } from '../evidence.js';

const check = 'projection';

/** Postgres says of each run what Temporal's history says. */
export function checkProjection({ runs, executions }: Evidence): Violation[] {
  const told = new Map(executions.map((execution) => [execution.id, execution]));
  return runs.flatMap((run) => {
    const execution = told.get(run.id);
    if (execution === undefined) return [];
    return [...compareRun(run, execution), ...compareSteps(run, execution), ...compareEnd(run, execution)];
  });
}

function compareRun({ id, ...run }: ToldRun, execution: ToldRun): Violation[] {
  return (['status', 'output'] as const)
    .filter((member) => !isDeepStrictEqual(run[member], execution[member]))
    .map((member) => ({
      check,
      run: id,
      expected: `${member} ${JSON.stringify(execution[member])}`,
      found: JSON.stringify(run[member]),
    }));
}

function compareSteps({ id, steps }: ToldRun, execution: ToldRun): Violation[] {
  const keys = new Set([...Object.keys(steps), ...Object.keys(execution.steps)]);
  return [...keys]
    .filter((step) => !isDeepStrictEqual(steps[step], execution.steps[step]))
    .map((step) => ({
      check,
      run: id,
      step,
      expected: show(execution.steps[step]),
      found: show(steps[step]),
    }));
}

/** The projection keeps whole milliseconds. */
function compareEnd({ id, endedAt }: ProjectedRun, { wokenAt, closedAt }: Execution): Violation[] {
  if (endedAt !== null && endedAt >= wokenAt - 1 && endedAt <= closedAt + 1) return [];
  const [from, to] = [wokenAt, closedAt].map((at) => new Date(at).toISOString());
  const found = endedAt === null ? 'no end' : new Date(endedAt).toISOString();
  return [{ check, run: id, expected: `an end from ${from} to ${to}`, found }];
}

function show(step: object | undefined): string {
  return step === undefined ? 'no such step' : JSON.stringify(step);
}
