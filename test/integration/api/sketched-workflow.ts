import type { Transition } from '#domain/execution/command.js';
import type { JsonObject } from '#domain/json.js';
import { computeDigest } from '#domain/plan/digest.js';
import { type StepSketch, sketchPlan } from '#domain/rerun/testing/plans.js';
import { WorkflowRepository } from '#persistence/repositories/workflow-repository.js';
import { type ApiFixture, eventually } from './api-fixture.js';

const T0 = 1_790_000_000_000;

/** Stores a plan of any shape as the next version of a workflow, without the text that it would be compiled from. */
export async function saveSketch(
  api: ApiFixture,
  name: string,
  stages: readonly StepSketch[],
  inputs: Readonly<Record<string, JsonObject>> = {},
): Promise<void> {
  const plan = sketchPlan(stages);
  const digest = computeDigest(plan.nodes as never);
  await api.database.dataSource.transaction((manager) =>
    new WorkflowRepository(manager).save({
      project: 'default',
      name,
      description: undefined,
      source: 'sluice: 1',
      format: 'yaml',
      plan: { ...plan, name, digest },
      inputs,
      createdBy: 'test',
    }),
  );
}

/** A run that Temporal was told of, and of which this became known; queued when that is nothing. */
export async function startSketch(
  api: ApiFixture,
  name: string,
  transitions: readonly Omit<Transition, 'sequence' | 'at'>[] = [],
  { inputs = {}, by = 'starter' }: { readonly inputs?: JsonObject; readonly by?: string } = {},
): Promise<string> {
  const { body } = await api.post(`/api/v1/workflows/${name}/execute`, { inputs }, { 'x-sluice-actor': by });
  const id = body.id as string;
  await eventually(async () => api.gateway.started.has(id), Boolean);
  if (transitions.length > 0) {
    await api.recorder.record({
      transitions: [
        {
          run: id,
          transitions: transitions.map((transition, index) => ({
            sequence: index + 1,
            at: T0 + index,
            ...transition,
          })),
        },
      ],
    });
  }
  return id;
}

/** Ends it as its complete record would, with the steps that are known. */
export async function endRun(
  api: ApiFixture,
  run: string,
  status: 'succeeded' | 'failed' | 'rejected' | 'canceled' = 'succeeded',
): Promise<void> {
  await api.database.dataSource.query('UPDATE runs SET status = $2, ended_at = now() WHERE id = $1', [
    run,
    status,
  ]);
}
