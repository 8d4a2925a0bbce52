import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { readWorkflow } from '#domain/front-ends/read-workflow.js';
import type { Json } from '#domain/json.js';
import type { Plan } from '#domain/plan/plan.js';

/** A step as it is written. */
export type Written = Readonly<Record<string, Json>>;
export type Steps = Readonly<Record<string, Written>>;

/** Throws what is wrong with the text. */
export function planOfText(text: string): Plan {
  const { workflow, findings } = readWorkflow(text, ACTIONS);
  if (workflow === undefined) throw new Error(`${JSON.stringify(findings, null, 2)}\n${text}`);
  return workflow.compile(() => 1);
}

export function planOfStages(stages: Readonly<Record<string, Written>>, more: Written = {}): Plan {
  return planOfText(JSON.stringify({ sluice: 1, name: 'recorded', stages, ...more }));
}

export function planOfSteps(steps: Steps, more: Written = {}): Plan {
  return planOfStages({ main: { steps } }, more);
}

/** Steps that do an action of each sort, as the interpreter tells them apart. */
export const ACTS = {
  queued: (common: Written = {}): Written => ({
    uses: 'http/request',
    with: { url: 'http://service.example/' },
    ...common,
  }),
  inline: (common: Written = {}): Written => ({ uses: 'log/write', with: { message: 'Done.' }, ...common }),
  workspace: (common: Written = {}): Written => ({ uses: 'command/run', with: { run: ['true'] }, ...common }),
  filling: (common: Written = {}): Written => ({
    uses: 'command/run',
    with: { run: ['true'], rebuild: true },
    ...common,
  }),
  pooled: (common: Written = {}): Written => ACTS.workspace({ pool: 'gpu', ...common }),
  unattended: (common: Written = {}): Written => ({
    uses: 'agent/invoke',
    with: { agent: 'reviewer', input: { task: 'look' } },
    ...common,
  }),
} as const;

export const approval = (more: Record<string, Json> = {}, common: Written = {}): Written => ({
  approval: { by: ['approver'], ...more },
  ...common,
});

/** What undoes a step. */
export const UNDO: Written = {
  uses: 'http/request',
  with: { url: 'http://service.example/undo' },
  retry: { attempts: 2, delay: '20ms' },
};
