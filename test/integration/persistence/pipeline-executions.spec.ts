import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Execution, PipelineJob, PipelineState } from '#contracts/cicd/execution.js';
import type { PipelineStart } from '#contracts/cicd/pipeline-store.js';
import { ExecutionRepository, type Observation } from '#persistence/pipelines/execution-repository.js';
import { PostgresPipelineChanges } from '#persistence/pipelines/pipeline-changes.js';
import { PostgresPipelineStore } from '#persistence/pipelines/pipeline-store.js';
import { createUuidV7 } from '#persistence/uuid-v7.js';
import { createTestDatabase, type TestDatabase } from '../../postgres.js';
import { insertRun } from './run-fixture.js';

const JOB: PipelineJob = {
  id: 'j1',
  name: 'build',
  state: 'running',
  native: 'r',
  attempt: 1,
  mayFail: false,
};

describe('executions of pipelines', () => {
  let database: TestDatabase;
  let store: PostgresPipelineStore;
  let run: string;
  let integration: { readonly id: string; readonly platform: string };
  let number = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    store = new PostgresPipelineStore(database.dataSource);
  });
  afterAll(() => database?.close());

  beforeEach(async () => {
    run = await insertRun(database.dataSource);
    integration = { id: createUuidV7(), platform: 'github' };
    await database.dataSource.query(
      `INSERT INTO integrations (id, project, name, platform, base_url, auth, options, status, sync, created_by)
       VALUES ($1, 'default', $2, 'github', 'https://ci.example', '{"type":"token","secret":"env:T"}', '{}', 'active', '[]', 'test')`,
      [integration.id, `ci-${++number}`],
    );
  });

  const execution = (state: PipelineState, more: Partial<Execution> = {}): Execution => ({
    reference: { project: 'acme/app', pipeline: 'build.yml', id: '7' },
    attempt: 1,
    state,
    native: state,
    title: 'build',
    url: 'https://ci.example/7',
    ...more,
  });
  const through = () => ({ ...integration, project: 'default' });
  const see = (seen: Execution, more: Partial<Observation> = {}) =>
    database.dataSource.transaction((manager) =>
      new ExecutionRepository(manager).observe(through(), { execution: seen, told: true, ...more }),
    );
  const rows = () =>
    database.dataSource.query(
      'SELECT id, state, attempt, external_id AS external, run_id AS run FROM pipeline_executions WHERE integration_id = $1 ORDER BY id',
      [integration.id],
    );
  const begin = (step = 'build', more: Partial<PipelineStart> = {}) =>
    store.begin({
      run,
      step,
      attempt: 1,
      begunAfter: 0,
      integration,
      project: 'acme/app',
      pipeline: 'build.yml',
      ref: 'main',
      ...more,
    });

  it.each<[string, readonly Execution[], object]>([
    [
      'the end before the start',
      [execution('succeeded'), execution('running')],
      { state: 'succeeded', attempt: 1 },
    ],
    ['the start before the creation', [execution('running'), execution('queued')], { state: 'running' }],
    ['a wait for a person amid the work', [execution('running'), execution('blocked')], { state: 'blocked' }],
    [
      'one that is done again',
      [execution('failed'), execution('queued', { attempt: 2 })],
      { state: 'queued', attempt: 2 },
    ],
    [
      'the end of an attempt after the next has begun',
      [execution('running', { attempt: 2 }), execution('failed')],
      { state: 'running', attempt: 2 },
    ],
  ])('events in the wrong order take nothing back: %s', async (_, events, expected) => {
    for (const event of events) await see(event);
    expect(await rows()).toEqual([expect.objectContaining(expected)]);
  });

  it('of jobs, too', async () => {
    const id = await see(execution('running'), { jobs: [{ ...JOB, state: 'succeeded', runner: 'linux' }] });
    await see(execution('running'), { jobs: [JOB, { ...JOB, id: 'j2', name: 'test' }] });
    const jobs = await database.dataSource.query(
      'SELECT name, state, runner FROM pipeline_jobs WHERE execution_id = $1 ORDER BY external_id',
      [id],
    );
    expect(jobs).toEqual([
      { name: 'build', state: 'succeeded', runner: 'linux' },
      { name: 'test', state: 'running', runner: null },
    ]);
  });

  it('what was done again goes on for whoever asked for that, where the platform counts no attempts', async () => {
    await see(execution('failed', { endedAt: 1_000 }));
    await see(execution('running'), { told: false, again: true });
    await see(execution('running'));
    expect(await rows()).toMatchObject([{ state: 'running', attempt: 1 }]);
  });

  it('what a platform says is kept without what databases refuse', async () => {
    const title = `build\0 ${'x'.repeat(100_000)}`;
    const hostile = { title, native: '\ud800', attempt: 1e12, startedAt: -9e15, endedAt: 8e15 };
    await see(execution('failed', hostile), {
      jobs: [{ ...JOB, name: 'a\0b', attempt: 1e12, startedAt: Number.POSITIVE_INFINITY }],
    });
    expect(await rows()).toMatchObject([{ state: 'failed', attempt: 1_000_000 }]);
  });

  it('twenty deliveries of one execution at once are one row', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => see(execution('running'))));
    expect(new Set(ids).size).toBe(1);
    expect(await rows()).toHaveLength(1);
  });

  it('a key that somebody has copied to another execution names that one no more once its own has begun', async () => {
    const { id } = await begin();
    await store.observe(id, execution('running', { key: id }));
    const reference = { project: 'acme/app', pipeline: 'build.yml', id: '8' };
    await see(execution('running', { reference, key: id }));
    expect(await rows()).toMatchObject([
      { id, external: '7', run },
      { external: '8', run: null },
    ]);
  });

  it('a start is noted before it is sent, and is the same one for every attempt until it is concluded', async () => {
    const first = await begin();
    expect(first).toEqual({ id: expect.any(String) });
    expect(await store.sending(first.id, 1_000, undefined)).toBe(true);
    expect(await store.sending(first.id, 2_000, 1_000)).toBe(true);
    // Of an attempt that knows no more than how it was before.
    expect(await store.sending(first.id, 3_000, undefined)).toBe(false);
    expect(await store.sending(first.id, 3_000, 1_000)).toBe(false);
    expect(await begin()).toEqual({ id: first.id, sentAt: 2_000, since: 1_000 });
    await store.observe(first.id, execution('queued'));
    expect(await begin()).toMatchObject({
      reference: { project: 'acme/app', pipeline: 'build.yml', id: '7' },
    });
    expect(await store.sending(first.id, 3_000, 2_000)).toBe(false);
    await store.conclude(first.id, 1);
    const second = await begin();
    expect(second.id).not.toBe(first.id);
    expect(await begin('other')).not.toMatchObject({ id: second.id });
  });

  it('what an attempt concluded that was lost then is open again, as it was', async () => {
    const first = await begin();
    await store.sending(first.id, 1_000, undefined);
    await store.conclude(first.id, 1);
    expect(await rows()).toMatchObject([{ state: 'skipped' }]);
    expect(await begin('build', { attempt: 2, followsLost: true })).toEqual({
      id: first.id,
      sentAt: 1_000,
      since: 1_000,
    });
    expect(await store.sending(first.id, 2_000, 1_000)).toBe(true);
    await store.conclude(first.id, 2);
    // The end of the second was heard of, that of the third was not.
    const second = await begin('build', { attempt: 3 });
    expect(await begin('build', { attempt: 4, followsLost: true })).toMatchObject({ id: second.id });
    expect(await rows()).toMatchObject([{ state: 'skipped' }, { state: 'queued' }]);
  });

  it('what an earlier go started is not that of one that a person began anew', async () => {
    const [first, other] = [await begin(), await begin('other')];
    await store.observe(first.id, execution('succeeded'));
    await store.sending(other.id, 1_000, undefined);
    const second = await begin('build', { attempt: 2, begunAfter: 1 });
    expect(second.id).not.toBe(first.id);
    expect(await begin('build', { attempt: 3, begunAfter: 1, followsLost: true })).toEqual(second);
    const again = await begin('other', { attempt: 2, begunAfter: 1 });
    expect(again.id).not.toBe(other.id);
    // Of that one nobody will tell any more.
    expect(await rows()).toMatchObject([
      { id: first.id, state: 'succeeded' },
      { id: other.id, state: 'skipped' },
      { id: second.id, state: 'queued' },
      { id: again.id, state: 'queued' },
    ]);
  });

  it('two attempts of a step that overlap note one start', async () => {
    const noted = await Promise.all(Array.from({ length: 10 }, () => begin()));
    expect(new Set(noted.map(({ id }) => id)).size).toBe(1);
  });

  it('a webhook that comes before the answer to the start is about the same execution', async () => {
    const byKey = await begin('by-key');
    await see(execution('running', { key: byKey.id }));
    expect(await begin('by-key')).toMatchObject({ id: byKey.id, reference: { id: '7' } });
    await store.observe(byKey.id, execution('running'));
    expect(await rows()).toEqual([expect.objectContaining({ id: byKey.id, external: '7', run })]);
  });

  it('a row that a webhook without the key has made goes over into the start', async () => {
    const noted = await begin();
    await see(execution('succeeded'), { jobs: [JOB] });
    expect(await rows()).toHaveLength(2);
    await store.observe(noted.id, execution('running'));
    await see(execution('succeeded'));
    expect(await rows()).toEqual([expect.objectContaining({ id: noted.id, state: 'succeeded', run })]);
  });

  it('a key that means an execution of another integration is no key', async () => {
    const noted = await begin();
    const other = { id: createUuidV7(), platform: 'gitlab', project: 'default' };
    const id = await database.dataSource.transaction((manager) =>
      new ExecutionRepository(manager).observe(other, {
        execution: execution('running', { key: noted.id }),
        told: true,
      }),
    );
    expect(id).not.toBe(noted.id);
  });

  it('whoever follows it hears of what webhooks tell, and not of what steps have seen themselves', async () => {
    const changes = new PostgresPipelineChanges(database.url);
    try {
      const { id } = await begin();
      await store.observe(id, execution('queued'));
      const watch = changes.follow(id);
      const { signal } = new AbortController();
      // That it listens now.
      await watch.next(10_000, signal);
      expect(await store.isTold(id)).toBe(false);
      let heard = false;
      const next = watch.next(600_000, signal).then(() => {
        heard = true;
      });
      await store.observe(id, execution('running'));
      // Jobs have come on, the pipeline has not: there is nothing to ask the platform for.
      await see(execution('running'), { jobs: [JOB] });
      expect(await store.isTold(id)).toBe(true);
      const another = changes.follow('another');
      await database.dataSource.query(`SELECT pg_notify('sluice_pipeline_changed', 'another')`);
      await another.next(600_000, signal);
      expect(heard).toBe(false);
      await see(execution('succeeded'));
      await next;
      // It may be that of what was done again there, by a platform that counts no attempts.
      const again = watch.next(600_000, signal);
      await see(execution('succeeded'));
      await again;
    } finally {
      await changes.close();
    }
  });

  it('one whose end was told is asked for soon, where the platform says that it goes on', async () => {
    const { id } = await begin();
    await see(execution('running', { key: id }));
    expect(await store.isTold(id)).toBe(true);
    await see(execution('succeeded', { key: id }));
    await store.observe(id, execution('running'));
    expect(await store.isTold(id)).toBe(false);
    await see(execution('queued', { key: id, attempt: 2 }));
    expect(await store.isTold(id)).toBe(true);
  });

  it('what an unsigned webhook hints at is asked for, and changes nothing', async () => {
    const { id } = await begin();
    await store.observe(id, execution('running'));
    await database.dataSource.transaction((manager) =>
      new ExecutionRepository(manager).hint(through(), execution('failed')),
    );
    expect(await rows()).toEqual([expect.objectContaining({ state: 'running' })]);
    expect(await store.isTold(id)).toBe(true);
  });

  it('is found with its integration by the runs of its project alone', async () => {
    const { id } = await begin();
    expect(await store.find(run, id)).toBeUndefined();
    await store.observe(id, execution('running'));
    expect(await store.find(run, id)).toEqual({
      id,
      integration: {
        id: integration.id,
        name: `ci-${number}`,
        platform: 'github',
        baseUrl: 'https://ci.example',
        auth: { type: 'token', secret: 'env:T' },
        options: {},
        status: 'active',
        revision: 1,
      },
      reference: { project: 'acme/app', pipeline: 'build.yml', id: '7' },
    });
    await database.dataSource.query(`UPDATE runs SET project = 'other' WHERE id = $1`, [run]);
    expect(await store.find(run, id)).toBeUndefined();
    expect(await store.findIntegration(run, `ci-${number}`)).toBeUndefined();
  });

  it('belongs to a run that is known', async () => {
    const begun = begin('s', { run: createUuidV7() });
    await expect(begun).rejects.toMatchObject({ code: 'run-unknown' });
  });
});
