import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StepError } from '#domain/execution/step-error.js';
import { STRATEGIES } from '#domain/failures/strategy.js';
import { PostgresRunRecorder } from '#persistence/run-recorder.js';
import { insertRun } from '../persistence/run-fixture.js';
import { type ApiFixture, createApiFixture } from './api-fixture.js';

const DAY = Date.parse('2026-05-04T00:00:00Z');
const HOUR = 3_600_000;
const SPAN = '?from=2026-05-04T00:00:00Z&to=2026-05-05T00:00:00Z';

const REFUSED: StepError = {
  class: 'unknown',
  code: 'command-failed',
  message: 'npm ended with exit code 1.',
  diagnosis: {
    class: 'transient',
    category: 'connection_refused',
    line: 3,
    text: 'connect ECONNREFUSED',
    confidence: 0.8,
    remediation: 'Wait.',
    strategy: STRATEGIES.transient,
  },
};
const TIMED_OUT: StepError = { class: 'timeout', code: 'step-timeout', message: 'Did not end.' };

describe('statistics of failures', () => {
  let api: ApiFixture;
  let run: string;

  beforeAll(async () => {
    api = await createApiFixture();
    run = await insertRun(api.database.dataSource);
    const recorder = new PostgresRunRecorder(api.database.dataSource);
    const fail = (step: string, attempt: number, at: number, error: StepError) => ({
      run,
      step,
      attempt,
      at,
      status: 'failed' as const,
      error,
    });
    await recorder.record({
      attemptEnds: [
        fail('deploy[0]', 1, DAY, REFUSED),
        fail('deploy[1]', 1, DAY + HOUR, REFUSED),
        fail('unit', 1, DAY + 2 * HOUR, TIMED_OUT),
        fail('unit', 2, DAY + 24 * HOUR, TIMED_OUT),
        { run, step: 'unit', attempt: 3, at: DAY + HOUR, status: 'succeeded' },
      ],
    });
  });
  afterAll(() => api?.close());

  it('count failed attempts of a time by class, category, step and workflow', async () => {
    expect(await api.get(`/api/v1/failures/statistics${SPAN}`)).toMatchObject({
      status: 200,
      body: {
        from: '2026-05-04T00:00:00.000Z',
        to: '2026-05-05T00:00:00.000Z',
        total: 3,
        classes: [
          { class: 'transient', count: 2 },
          { class: 'timeout', count: 1 },
        ],
        categories: [
          {
            category: 'connection_refused',
            class: 'transient',
            count: 2,
            latest: { run, step: 'deploy[1]', at: '2026-05-04T01:00:00.000Z' },
          },
        ],
        steps: [
          { workflow: 'one', step: 'deploy', class: 'transient', count: 2 },
          { workflow: 'one', step: 'unit', class: 'timeout', count: 1 },
        ],
        workflows: [{ workflow: 'one', count: 3, runs: 1 }],
      },
    });
  });

  it('are those of one workflow where it is named', async () => {
    expect((await api.get(`/api/v1/failures/statistics${SPAN}&workflow=one`)).body).toMatchObject({
      total: 3,
    });
    expect(await api.get('/api/v1/failures/statistics?workflow=none')).toMatchObject({
      status: 404,
      body: { code: 'workflow-not-found' },
    });
  });

  it('are empty where nothing failed', async () => {
    const { body } = await api.get('/api/v1/failures/statistics?to=2020-01-01T00:00:00Z');
    expect(body).toMatchObject({ total: 0, classes: [], categories: [], steps: [], workflows: [] });
  });

  it.each(['from=yesterday', 'from=2026-05-05T00:00:00Z&to=2026-05-04T00:00:00Z', 'to=', 'bogus=1'])(
    'refuse %s',
    async (query) => {
      expect(await api.get(`/api/v1/failures/statistics?${query}`)).toMatchObject({
        status: 400,
        body: { code: 'request-invalid' },
      });
    },
  );
});
