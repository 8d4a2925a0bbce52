import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PlatformClient } from '#connectors/cicd/platform.js';
import type { Execution, PipelineState } from '#contracts/cicd/execution.js';
import { SluiceError } from '#domain/errors.js';
import { type ApiFixture, createApiFixture, eventually } from './api-fixture.js';
import { createSamplePlatforms } from './sample-platform.js';

const PATH = '/api/v1/integrations';
const INTEGRATION = {
  platform: 'sample',
  auth: { type: 'token', secret: 'env:SLUICE_SECRET_BUILDS' },
};

function execution(project: string, id: string, state: PipelineState): Execution {
  return {
    reference: { project, pipeline: 'build.yml', id },
    attempt: 1,
    state,
    native: state,
    title: 'Build',
    url: `https://sample.example/${id}`,
    ...(state === 'running' ? {} : { startedAt: 0, endedAt: 1_000 }),
  };
}

/** What the platform has: by project, pages of executions. */
let world: Record<string, Execution[][]> = {};
let asked: string[] = [];
const client: Partial<PlatformClient> = {
  async executions({ project, pipeline }, { cursor = '0', since = 0 }) {
    asked.push(
      `executions ${project} ${pipeline} ${cursor} ${since > Date.now() - 3_600_000 ? 'lately' : 'long'}`,
    );
    const pages = world[project];
    if (pages === undefined)
      throw new SluiceError({ code: 'platform-not-found', fault: 'user', message: `No ${project}.` });
    const next = Number(cursor) + 1;
    return { items: pages[Number(cursor)] ?? [], ...(next < pages.length ? { next: String(next) } : {}) };
  },
  async jobs({ id }) {
    asked.push(`jobs ${id}`);
    return [
      {
        id: `j${id}`,
        name: 'build',
        state: 'succeeded',
        native: 'ok',
        attempt: 1,
        mayFail: false,
        startedAt: 0,
        endedAt: 1,
      },
    ];
  },
  async status({ project, id }) {
    asked.push(`status ${id}`);
    return execution(project, id, 'failed');
  },
};
const platforms = createSamplePlatforms(() => client);

describe('the sync of integrations', () => {
  let api: ApiFixture;

  beforeAll(async () => {
    api = await createApiFixture({}, {}, undefined, platforms);
  });
  afterAll(() => api?.close());

  const executionsOf = async (name: string) =>
    (await api.get(`/api/v1/pipelines?integration=${name}&sort=id`)).body.items.map(
      ({ externalId, state }: { externalId: string; state: string }) => [externalId, state],
    );

  it('notes what others started, page by page, with jobs of what has ended, once', async () => {
    await api.post(PATH, {
      ...INTEGRATION,
      name: 'builds',
      sync: [{ project: 'a' }, { project: 'b', pipeline: 'x' }],
    });
    world = {
      a: [[execution('a', '1', 'succeeded')], [execution('a', '2', 'running')]],
      b: [[execution('b', '3', 'failed')]],
    };
    asked = [];
    const synced = await api.post(`${PATH}/builds/sync`);
    expect(synced).toMatchObject({ status: 200, body: { executions: 3 } });
    expect(synced.body).not.toHaveProperty('code');
    expect(asked).toEqual([
      'executions a  0 long',
      'jobs 1',
      'executions a  1 long',
      'executions b x 0 long',
      'jobs 3',
    ]);
    expect(await executionsOf('builds')).toEqual([
      ['1', 'succeeded'],
      ['2', 'running'],
      ['3', 'failed'],
    ]);
    expect((await api.get(`${PATH}/builds`)).body.synced).toEqual(synced.body);
    // From then on, what has changed lately; and what has not ended, where nothing is told of it.
    world = { a: [[execution('a', '1', 'succeeded')]], b: [[]] };
    asked = [];
    await api.post(`${PATH}/builds/sync`);
    expect(asked).toEqual(['executions a  0 lately', 'status 2', 'executions b x 0 lately']);
    expect(await executionsOf('builds')).toContainEqual(['2', 'failed']);
  });

  it('says what could not be had, and has the rest', async () => {
    await api.post(PATH, { ...INTEGRATION, name: 'partly', sync: [{ project: 'gone' }, { project: 'a' }] });
    world = { a: [[execution('a', '9', 'succeeded')]] };
    expect((await api.post(`${PATH}/partly/sync`)).body).toMatchObject({
      executions: 1,
      code: 'platform-not-found',
      message: 'gone: No gone.',
    });
    expect(await executionsOf('partly')).toEqual([['9', 'succeeded']]);
  });

  it('is nothing where nothing is watched, or all is disabled', async () => {
    await api.post(PATH, { ...INTEGRATION, name: 'blind' });
    expect((await api.post(`${PATH}/blind/sync`)).body.code).toBe('integration-watches-nothing');
    await api.post(PATH, { ...INTEGRATION, name: 'off', sync: [{ project: 'a' }], status: 'disabled' });
    expect((await api.post(`${PATH}/off/sync`)).body.code).toBe('integration-disabled');
  });

  it('is done now and then by itself, once in all processes', async () => {
    const settings = { SLUICE_PLATFORM_SYNC_MS: '60000', SLUICE_PLATFORM_CHECK_MS: '60000' };
    const other = await createApiFixture(settings, {}, 2, platforms);
    try {
      world = { a: [[execution('a', '1', 'succeeded')]] };
      asked = [];
      await other.post(PATH, { ...INTEGRATION, name: 'builds', sync: [{ project: 'a' }] });
      await eventually(
        () => other.get(`${PATH}/builds`),
        ({ body }) => body.synced?.executions === 1,
      );
      expect(asked.filter((each) => each.startsWith('executions'))).toHaveLength(1);
    } finally {
      await other.close();
    }
  });
});
