import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChildRunRequest } from '#contracts/run.js';
import { parseTemplate } from '#domain/expressions/template.js';
import type { JsonObject } from '#domain/json.js';
import type { Plan } from '#domain/plan/plan.js';
import { PostgresChildRunStore } from '#persistence/child-run-store.js';
import { RunRepository } from '#persistence/repositories/run-repository.js';
import { WorkflowRepository } from '#persistence/repositories/workflow-repository.js';
import { createPrepareRun } from '#temporal/activities/orchestration/prepare-run.js';
import { createTestDatabase, type TestDatabase } from '../../postgres.js';
import { insertRun } from './run-fixture.js';

describe('runs that steps of other runs start', () => {
  let database: TestDatabase;
  let prepare: ReturnType<typeof createPrepareRun>;
  let parent: string;

  beforeAll(async () => {
    database = await createTestDatabase({ poolSize: 20 });
    prepare = createPrepareRun(new PostgresChildRunStore(database.dataSource));
    parent = await insertRun(database.dataSource);
    await saveWorkflow('plain', {}, { who: { type: 'string', default: 'world' } });
    await saveWorkflow('claiming', { nodes: [CLAIMING] });
    await saveWorkflow('needy', {}, { service: { type: 'string' } });
    for (const policy of ['queue', 'reject', 'cancel'] as const) {
      await saveWorkflow(
        `grouped-${policy}`,
        {
          concurrency: { group: parseTemplate(`g-${policy}-\${{ inputs.n }}`).template, policy },
        },
        { n: {} },
      );
    }
  });
  afterAll(() => database?.close());

  async function saveWorkflow(
    name: string,
    plan: Partial<Plan>,
    inputs: Readonly<Record<string, JsonObject>> = {},
  ): Promise<void> {
    await database.dataSource.transaction((manager) =>
      new WorkflowRepository(manager).save({
        project: 'default',
        name,
        description: undefined,
        source: '',
        format: 'yaml',
        plan: {
          format: 1,
          name,
          nodes: [],
          root: { flow: 'needs', nodes: [] },
          digest: `sha256:${name}`,
          ...plan,
        },
        inputs,
        createdBy: 'test',
      }),
    );
  }

  const request = (workflow: string, rest: Partial<ChildRunRequest> = {}): ChildRunRequest => ({
    project: 'default',
    workflow,
    version: 1,
    inputs: {},
    startedBy: 'ada',
    parent: { run: parent, step: 'call', depth: 1, holdsClaims: false },
    attemptsBefore: 0,
    ...rest,
  });
  const from = (step: string, holdsClaims = false) => ({
    parent: { run: parent, step, depth: 1, holdsClaims },
  });
  const find = async (id: string) => new RunRepository(database.dataSource.manager).find('default', id);
  const end = async (id: string) => {
    const error = { class: 'unknown', code: 'x', message: 'x' } as const;
    await database.dataSource.transaction((manager) =>
      new RunRepository(manager).end(id, { status: 'failed', error }, error),
    );
  };
  const countRuns = async () =>
    (await database.dataSource.query('SELECT count(*)::int AS count FROM runs'))[0].count as number;

  it('answers with what their interpreter needs, and notes them as handed over', async () => {
    const input = await prepare(request('plain'));
    expect(input).toMatchObject({
      plan: { name: 'plain' },
      inputs: { who: 'world' },
      project: 'default',
      run: { workflow: 'plain', version: 1, trigger: 'workflow', startedBy: 'ada' },
      parent: { run: parent, step: 'call', depth: 1, holdsClaims: false },
    });
    const run = await find(input.run.id);
    expect(run).toMatchObject({ status: 'queued', trigger: 'workflow', total: 0, inputs: { who: 'world' } });
    expect(run?.createdAt.toISOString()).toBe(input.run.startedAt);
    const rows = await database.dataSource.query(
      `SELECT o.kind, o.delivered_at IS NOT NULL AS delivered, a.action, a.actor, r.parent_run AS parent, r.parent_step AS step
       FROM runs r JOIN outbox o ON o.run_id = r.id JOIN audit_log a ON a.object_id = r.id::text WHERE r.id = $1`,
      [input.run.id],
    );
    expect(rows).toEqual([
      { kind: 'start', delivered: true, action: 'run.start', actor: 'ada', parent, step: 'call' },
    ]);
  });

  it('are the same run for the same step and attempt, however often and at once, and another for the next', async () => {
    const before = await countRuns();
    const same = await Promise.all(
      Array.from({ length: 20 }, () => prepare(request('plain', from('again')))),
    );
    expect(new Set(same.map(({ run }) => JSON.stringify(run))).size).toBe(1);
    const next = await prepare(request('plain', { ...from('again'), attemptsBefore: 1 }));
    const sibling = await prepare(request('plain', from('again[1]')));
    expect(new Set([same[0]!.run.id, next.run.id, sibling.run.id]).size).toBe(3);
    expect(await countRuns()).toBe(before + 3);
  });

  it('are not begun any more once they were ended', async () => {
    const { run } = await prepare(request('plain', from('ended')));
    await end(run.id);
    await expect(prepare(request('plain', from('ended')))).rejects.toMatchObject({
      type: 'run-ended-early',
      nonRetryable: true,
    });
  });

  it.each<[string, Partial<ChildRunRequest>, string]>([
    ['nobody', {}, 'workflow-not-found'],
    ['plain', { version: 9 }, 'workflow-version-not-found'],
    ['plain', { inputs: { who: 7 } }, 'inputs-invalid'],
    ['plain', { inputs: { whom: 'x' } }, 'inputs-invalid'],
    ['needy', {}, 'inputs-invalid'],
    ['claiming', from('nested', true), 'claims-nested'],
    ['grouped-queue', { ...from('nested', true), inputs: { n: 1 } }, 'claims-nested'],
    ['grouped-queue', { inputs: { n: 'x'.repeat(200) } }, 'concurrency-group-invalid'],
  ])('are refused for good: %s %j', async (workflow, rest, code) => {
    const before = await countRuns();
    await expect(prepare(request(workflow, rest))).rejects.toMatchObject({
      type: code,
      nonRetryable: true,
      details: [{ code, class: 'configuration' }, 1],
    });
    expect(await countRuns()).toBe(before);
  });

  it('may take claims where nothing above them holds any', async () => {
    expect(await prepare(request('claiming', from('claiming')))).toMatchObject({
      plan: { name: 'claiming' },
    });
    expect(await prepare(request('plain', from('plain', true)))).toMatchObject({ plan: { name: 'plain' } });
  });

  it('wait for the run of their group that lives', async () => {
    const first = await prepare(request('grouped-queue', { ...from('g1'), inputs: { n: 1 } }));
    const second = request('grouped-queue', { ...from('g2'), inputs: { n: 1 } });
    await expect(prepare(second)).rejects.toMatchObject({ type: 'concurrency-busy', nonRetryable: false });
    const again = await prepare(request('grouped-queue', { ...from('g1'), inputs: { n: 1 } }));
    expect(again.run.id).toBe(first.run.id);
    await prepare(request('grouped-queue', { ...from('g3'), inputs: { n: 2 } }));
    await end(first.run.id);
    expect((await prepare(second)).run.id).not.toBe(first.run.id);
  });

  it('are one at a time when twenty steps start them at once', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, (_, at) =>
        prepare(request('grouped-queue', { ...from(`race-${at}`), inputs: { n: 'race' } })),
      ),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('are refused, or end the one that lives, as their policy says', async () => {
    const inputs = { n: 1 };
    await prepare(request('grouped-reject', { ...from('r1'), inputs }));
    await expect(prepare(request('grouped-reject', { ...from('r2'), inputs }))).rejects.toMatchObject({
      type: 'concurrency-rejected',
      nonRetryable: true,
    });
    const { run } = await prepare(request('grouped-cancel', { ...from('c1'), inputs }));
    const next = request('grouped-cancel', { ...from('c2'), inputs });
    await expect(prepare(next)).rejects.toMatchObject({ type: 'concurrency-busy' });
    await expect(prepare(next)).rejects.toMatchObject({ type: 'concurrency-busy' });
    expect(await find(run.id)).toMatchObject({
      status: 'canceling',
      cancelBy: 'ada',
      cancelReason: expect.stringContaining(`step c2 of run ${parent}`),
    });
    const messages = await database.dataSource.query(
      'SELECT kind FROM outbox WHERE run_id = $1 ORDER BY id',
      [run.id],
    );
    expect(messages).toEqual([{ kind: 'start' }, { kind: 'cancel' }]);
    await end(run.id);
    expect((await prepare(next)).run.id).not.toBe(run.id);
  });
});

const CLAIMING: Plan['nodes'][number] = {
  kind: 'set',
  values: { kind: 'literal', value: {} },
  index: 0,
  end: 1,
  id: 'one',
  parent: null,
  branch: 0,
  loops: [],
  needs: [],
  dependents: [],
  onFailure: 'fail',
  claims: { locks: [{ kind: 'literal', value: 'db' }] },
};
