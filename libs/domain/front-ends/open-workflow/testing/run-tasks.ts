import type { World } from '../../../execution/testing/simulate-run.js';
import { type Simulation, simulateRun } from '../../../execution/testing/simulate-run.js';
import type { JsonObject } from '../../../json.js';
import type { PlanActions } from '../../../plan/action.js';
import type { Plan } from '../../../plan/plan.js';
import { readWorkflow } from '../../read-workflow.js';

const action = (name: string) => ({
  name,
  queue: 'http',
  workspace: name.startsWith('command'),
  fillsWorkspace: 'never' as const,
  quick: false,
  inline: false,
  takesSecrets: false,
  input: {},
});

/** The actions that tasks become. */
export const TASK_ACTIONS: PlanActions = new Map(
  ['http/request', 'openapi/call', 'command/run'].map((name) => [name, action(name)]),
);

const HEAD = "document: { dsl: '1.0.3', namespace: test, name: test, version: '1.0.0' }\n";

/** Reads a document whose `do` and what else is at its top are given. */
export function readTasks(rest: string) {
  return readWorkflow(HEAD + rest, TASK_ACTIONS);
}

export function planTasks(rest: string): Plan {
  const { workflow, findings } = readTasks(rest);
  if (workflow === undefined) throw new Error(JSON.stringify(findings, null, 2));
  return workflow.compile(() => 1);
}

/** Runs it with `decide` alone. */
export function runTasks(rest: string, input: JsonObject = {}, world: World = {}): Simulation {
  return simulateRun(planTasks(rest), input, world);
}
