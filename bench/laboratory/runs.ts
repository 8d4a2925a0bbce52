import { performance } from 'node:perf_hooks';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { INTERPRETER, QUEUES, workflowIdOf } from '#contracts/names.js';
import type { ActionInput, InterpretInput } from '#contracts/run.js';
import type { Json } from '#domain/json.js';
import { compile } from '#domain/plan/compile.js';
import type { Plan } from '#domain/plan/plan.js';
import { readDefinition } from '#domain/validation/validate.js';
import { WorkflowRepository } from '#persistence/repositories/workflow-repository.js';
import { createUuidV7 } from '#persistence/uuid-v7.js';
import type { Laboratory } from './laboratory.js';

export const FORMS = ['definition', 'hand-written'] as const;

export type Form = (typeof FORMS)[number];

export const WAYS = ['queued', 'inline'] as const;

/** How the steps run: as activities by a queue, or as local activities in the worker that interprets. */
export type Way = (typeof WAYS)[number];

/** A definition that is stored, and what was compiled from it. */
export interface Job {
  readonly laboratory: Laboratory;
  readonly workflowId: string;
  readonly plan: Plan;
}

/** The same written by hand: a type of the worker's, and what it takes beside the run. */
export interface HandWritten {
  readonly type: string;
  readonly args?: readonly Json[];
}

export async function storeJob(laboratory: Laboratory, text: string): Promise<Job> {
  const { definition, findings } = readDefinition(text, ACTIONS);
  if (definition === undefined) throw new Error(JSON.stringify(findings));
  const plan = compile(definition, ACTIONS);
  const { workflow } = await laboratory.dataSource.transaction((manager) =>
    new WorkflowRepository(manager).save({
      project: 'default',
      name: definition.name,
      description: undefined,
      source: text,
      format: 'yaml',
      plan,
      inputs: {},
      createdBy: 'bench',
    }),
  );
  return { laboratory, workflowId: workflow.id, plan };
}

/** The job as it goes one way: `queued` is that of a catalogue whose actions are not inline. */
export function goingBy(way: Way, job: Job): Job {
  if (way === 'inline') return job;
  const nodes = job.plan.nodes.map((node) => {
    if (node.kind !== 'uses') return node;
    const { inline: _, ...others } = node;
    return others;
  });
  return { ...job, plan: { ...job.plan, nodes } };
}

/** Rows under which runs are recorded; both forms record their attempts, so both need them. */
export async function insertRuns({ laboratory, workflowId }: Job, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => createUuidV7());
  await laboratory.dataSource.query(
    `INSERT INTO runs (id, project, workflow_id, version, status, trigger, started_by, inputs, request_digest, total)
     SELECT id, 'default', $2, 1, 'queued', 'api', 'bench', '{}', '', 15 FROM unnest($1::uuid[]) AS id`,
    [ids, workflowId],
  );
  return ids;
}

/** Runs it to its end as it was defined, or as it was written by hand; answers with milliseconds. Rejects when it fails. */
export async function runOnce(job: Job, id: string, handWritten?: HandWritten): Promise<number> {
  const { laboratory, plan } = job;
  const run = {
    id,
    workflow: plan.name,
    version: 1,
    trigger: 'api',
    startedBy: 'bench',
    startedAt: new Date().toISOString(),
  };
  const common = { workflowId: workflowIdOf(id), taskQueue: QUEUES.orchestration };
  const { workflow } = laboratory.client;
  const began = performance.now();
  if (handWritten === undefined) {
    const input: InterpretInput = { plan, inputs: {}, run, project: 'default' };
    await workflow.execute(INTERPRETER, { ...common, args: [input] });
  } else {
    const args: [ActionInput['run'], ...Json[]] = [run, ...(handWritten.args ?? [])];
    await workflow.execute(handWritten.type, { ...common, args });
  }
  return performance.now() - began;
}

/** Events in the history of a run. */
export async function countEvents({ laboratory: { client } }: Job, id: string): Promise<number> {
  return (await client.workflow.getHandle(workflowIdOf(id)).fetchHistory()).events?.length ?? 0;
}
