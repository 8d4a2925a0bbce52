import type { DataSource } from 'typeorm';
import type { Plan } from '#domain/plan/plan.js';
import { WorkflowRepository } from '#persistence/repositories/workflow-repository.js';
import { createUuidV7 } from '#persistence/uuid-v7.js';

/** A stored run of a workflow with one step, as a start leaves it. */
export async function insertRun(dataSource: DataSource, total = 1): Promise<string> {
  const plan: Plan = {
    format: 1,
    name: 'one',
    nodes: [],
    root: { flow: 'needs', nodes: [] },
    digest: 'sha256:00',
  };
  const { workflow } = await dataSource.transaction((manager) =>
    new WorkflowRepository(manager).save({
      project: 'default',
      name: 'one',
      description: undefined,
      source: 'sluice: 1',
      format: 'yaml',
      plan,
      inputs: {},
      createdBy: 'test',
    }),
  );
  const id = createUuidV7();
  await dataSource.query(
    `INSERT INTO runs (id, project, workflow_id, version, status, trigger, started_by, inputs, request_digest, total)
     VALUES ($1, 'default', $2, $3, 'queued', 'api', 'test', '{}', 'sha256:00', $4)`,
    [id, workflow.id, workflow.latestVersion, total],
  );
  return id;
}
