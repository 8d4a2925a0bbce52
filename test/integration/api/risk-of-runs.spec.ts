import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AssessmentSummary } from '#contracts/rest/risk.js';
import type { Json } from '#domain/json.js';
import { reassess } from '#risk/assess/reassess.js';
import { type ApiFixture, createApiFixture, eventually } from './api-fixture.js';
import { commitOf, DEPLOY, GUARDED, makeReport } from './risk-fixture.js';
import { endRun } from './sketched-workflow.js';

const PATH = '/api/v1/risk';
const T0 = 1_790_000_000_000;

let api: ApiFixture;
beforeAll(async () => {
  api = await createApiFixture();
  await api.save(GUARDED);
  await api.save(DEPLOY);
});
afterAll(() => api?.close());

async function start(workflow = 'guarded'): Promise<string> {
  const { body } = await api.post(`/api/v1/workflows/${workflow}/execute`, {});
  await eventually(async () => api.gateway.started.has(body.id), Boolean);
  return body.id;
}

/** As a worker tells it: the step's start, then its result and that the run waits. */
async function tell(run: string, output: unknown, attempt = 1, waiting: object = { waiting: 'approval' }) {
  await api.recorder.record({
    attemptStarts: [
      {
        run,
        step: 'risk',
        attempt,
        at: T0,
        action: 'risk/assess',
        worker: 'test',
        rebuild: false,
        input: { environment: { name: 'production', commitsTogether: 4 } },
      },
    ],
    attemptEnds: [{ run, step: 'risk', attempt, at: T0 + 5, status: 'succeeded' }],
    transitions: [
      {
        run,
        transitions: [
          { sequence: 4 * attempt, at: T0, step: 'deliver', status: 'running' },
          {
            sequence: 4 * attempt + 1,
            at: T0 + 5,
            step: 'risk',
            status: 'succeeded',
            output: output as Json,
          },
          {
            sequence: 4 * attempt + 2,
            at: T0 + 6,
            step: 'sign',
            status: 'running',
            ...waiting,
            approval: { by: ['approver'], quorum: 1, selfApproval: true, votes: [], reminders: 0 },
          },
        ],
      },
    ],
  });
}

const assessmentsOf = async (run: string) =>
  (await api.get(`${PATH}/assessments?run=${run}`)).body.items as readonly AssessmentSummary[];
const kept = (run: string, count = 1) =>
  eventually(
    () => assessmentsOf(run),
    (items) => items.length === count,
  );
const keptOne = async (run: string) => (await kept(run))[0]!;
const get = async (id: string) => (await api.get(`${PATH}/assessments/${id}`)).body;
const setEnvironment = (body: object, name = 'production') => api.put(`${PATH}/environments/${name}`, body);
const forget = async () => {
  await api.remove(`${PATH}/environments/production`);
};

describe('what a step of a run says of a risk', () => {
  it('is kept as it was said, once for each attempt, however often it is told', async () => {
    const run = await start();
    const report = makeReport(commitOf(10));
    await tell(run, report);
    const [summary] = await kept(run);
    expect(summary).toMatchObject({
      commit: commitOf(10),
      run,
      step: 'risk',
      attempt: 1,
      environment: 'production',
      version: 1,
      score: report.score,
      level: report.level,
      probability: report.probability,
      open: true,
      text: report.text,
    });
    const { factors, history, ...result } = report;
    const one = await get(summary!.id);
    expect(one).toMatchObject({ state: { name: 'production', commitsTogether: 4 } });
    expect(JSON.stringify(one.result)).toBe(JSON.stringify(result));
    expect([one.factors, one.history]).toEqual([factors, history]);
    await tell(run, report);
    await tell(run, makeReport(commitOf(11)), 2);
    const both = await kept(run, 2);
    expect(both.map(({ commit, open }) => [commit, open])).toEqual([
      [commitOf(11), true],
      [commitOf(10), false],
    ]);
    expect(await api.database.dataSource.query('SELECT FROM risk_steps')).toEqual([]);
  });

  it('is found by commit, level, environment and time', async () => {
    const run = await start();
    await tell(run, makeReport(commitOf(12)));
    const { id } = await keptOne(run);
    const { level, at } = await get(id);
    const find = async (query: string) =>
      (await api.get(`${PATH}/assessments?commit=${commitOf(12)}&${query}`)).body.items.length;
    expect(await find(`level=${level}&environment=production&open=true&since=${at}`)).toBe(1);
    expect(await find('environment=staging')).toBe(0);
    expect(await find('since=2100-01-01T00:00:00Z')).toBe(0);
    expect(await find('open=false')).toBe(0);
  });

  it('that is no assessment is not kept, and holds nothing up', async () => {
    const report = makeReport(commitOf(13));
    const worse = [
      null,
      'low',
      { ...report, score: report.score + 1 },
      { ...report, level: 'none' },
      { ...report, commit: commitOf(14) },
      { ...report, contributions: [] },
      { ...report, factors: { ...report.factors, la: -1 } },
      { ...report, history: { ...report.history, notes: ['x'.repeat(2_000)] } },
      { ...report, mitigations: [{ kind: 'pray' }] },
    ];
    const runs: string[] = [];
    for (const output of worse) {
      const run = await start();
      runs.push(run);
      await tell(run, output);
    }
    const sound = await start();
    await tell(sound, report);
    await kept(sound);
    await eventually(
      () => api.database.dataSource.query('SELECT FROM risk_steps'),
      (rows) => rows.length === 0,
    );
    for (const run of runs) expect(await assessmentsOf(run)).toEqual([]);
  });

  it('is kept by the record of its end where nothing else was told', async () => {
    const run = await start();
    const report = makeReport(commitOf(15));
    await api.recorder.record({
      results: [
        {
          run,
          result: { status: 'succeeded' },
          endedAt: T0 + 100,
          sequence: 9,
          steps: {
            risk: {
              node: 1,
              status: 'succeeded',
              attempts: 1,
              startedAt: T0,
              endedAt: T0 + 5,
              output: report as unknown as Json,
            },
          },
          actions: { risk: 'risk/assess' },
        },
      ],
    });
    expect(await keptOne(run)).toMatchObject({ commit: commitOf(15), attempt: 1, open: false });
  });
});

describe('while a run waits', () => {
  it('it is assessed again when incidents open and close, and says why', async () => {
    await forget();
    const run = await start();
    const report = makeReport(commitOf(20));
    await tell(run, report);
    const { id } = await keptOne(run);
    expect(await setEnvironment({ openIncidents: 2, reason: 'the shop is slow' })).toMatchObject({
      status: 201,
      body: { name: 'production', said: { openIncidents: 2 }, state: { openIncidents: 2 } },
    });
    const worse = await get(id);
    const { factors: _, history: __, ...first } = report;
    const state = { name: 'production', commitsTogether: 4, openIncidents: 2 };
    expect(worse).toMatchObject({ version: 2, state, reason: 'production: open incidents: 2 (0 before)' });
    expect(JSON.stringify(worse.result)).toBe(JSON.stringify(reassess(first, state)));
    expect(worse.score).toBeGreaterThan(report.score);
    // The same again changes nothing.
    await setEnvironment({ openIncidents: 2 });
    expect((await get(id)).version).toBe(2);
    expect((await setEnvironment({ openIncidents: 0 })).status).toBe(200);
    const over = await get(id);
    expect(over).toMatchObject({ version: 3, score: report.score });
    expect(over.result).toEqual(first);
    const versions = (await api.get(`${PATH}/assessments/${id}/versions`)).body.items;
    expect(versions.map((each: { version: number; reason?: string }) => [each.version, each.reason])).toEqual(
      [
        [3, 'production: open incidents: 0 (2 before)'],
        [2, 'production: open incidents: 2 (0 before)'],
        [1, undefined],
      ],
    );
    const audit = await api.database.dataSource.query(
      'SELECT action, reason, before, after FROM audit_log WHERE object_id = $1 ORDER BY id',
      [id],
    );
    expect(audit).toEqual([
      expect.objectContaining({
        action: 'risk.reassess',
        before: expect.objectContaining({ score: report.score }),
        after: expect.objectContaining({ version: 2, score: worse.score }),
      }),
      expect.objectContaining({ action: 'risk.reassess' }),
    ]);
  });

  it('approvals and steps show it, and whoever watches the run hears of it', async () => {
    await forget();
    const run = await start();
    const report = makeReport(commitOf(21));
    await tell(run, report);
    const { id } = await keptOne(run);
    const riskOf = async () =>
      (await api.get(`/api/v1/runs/${run}/steps`)).body.items.find(
        ({ key }: { key: string }) => key === 'risk',
      ).risk;
    expect(await riskOf()).toMatchObject({ assessment: id, version: 1, score: report.score });
    const stopped = new AbortController();
    const response = await fetch(`${api.url}/api/v1/runs/${run}/events`, {
      headers: { ...api.authorization, accept: 'text/event-stream' },
      signal: stopped.signal,
    });
    const heard: string[] = [];
    const reading = (async () => {
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) heard.push(chunk);
    })().catch(() => undefined);
    await eventually(
      async () => heard.join(''),
      (text) => text.includes('"version":1'),
    );
    await setEnvironment({ openIncidents: 3 });
    const text = await eventually(
      async () => heard.join(''),
      (each) => each.includes('"version":2'),
    );
    stopped.abort();
    await reading;
    expect(text).toContain('production: open incidents: 3 (0 before)');
    expect(await riskOf()).toMatchObject({ version: 2, firstScore: report.score });
    const approvals = (await api.get('/api/v1/approvals')).body.items;
    expect(approvals.find((each: { run: string }) => each.run === run).risk).toEqual(await riskOf());
  });

  it('freezes and failed deployments count by themselves, and so does their end', async () => {
    await forget();
    const run = await start();
    await tell(run, makeReport(commitOf(22)));
    const { id } = await keptOne(run);
    const { body: freeze } = await api.post('/api/v1/freezes', {
      name: 'the night',
      startsAt: new Date(Date.now() - 1_000).toISOString(),
      endsAt: new Date(Date.now() + 3_600_000).toISOString(),
      workflows: ['guarded'],
    });
    const frozen = await eventually(
      () => get(id),
      ({ version }) => version === 2,
    );
    expect(frozen).toMatchObject({ state: { frozen: true }, reason: 'production: frozen: yes (no before)' });
    await api.remove(`/api/v1/freezes/${freeze.id}`);
    const free = await eventually(
      () => get(id),
      ({ version }) => version === 3,
    );
    expect(free).toMatchObject({ reason: 'production: frozen: no (yes before)' });
    await setEnvironment({ workflows: ['deploy'] });
    for (const status of ['succeeded', 'failed', 'failed'] as const) {
      const deployment = await start('deploy');
      await endRun(api, deployment, status);
    }
    const failed = await eventually(
      () => get(id),
      ({ state }) => state.deployments?.total === 3,
    );
    expect(failed.state.deployments).toEqual({ total: 3, failed: 2 });
    expect((await api.get(`${PATH}/environments/production`)).body).toMatchObject({
      said: {},
      workflows: ['deploy'],
      state: { deployments: { total: 3, failed: 2 } },
    });
  });

  it('a step that waits for it is told, once of each version; a run that has ended is left alone', async () => {
    await forget();
    const run = await start();
    await tell(run, makeReport(commitOf(23)), 1, { waiting: 'event', event: 'risk.changed' });
    const { id } = await keptOne(run);
    await setEnvironment({ openIncidents: 1 });
    const told = () => api.gateway.operated.filter((each) => each.run === run);
    await eventually(
      async () => told(),
      (all) => all.length > 0,
    );
    expect(told()[0]).toMatchObject({
      id: `risk/${id}/2`,
      operation: {
        type: 'send-event',
        name: 'risk.changed',
        by: 'risk-keeper',
        data: { assessment: id, version: 2, commit: commitOf(23), environment: 'production' },
      },
    });
    await endRun(api, run);
    await eventually(
      () => get(id),
      ({ open }) => open === false,
    );
    await setEnvironment({ openIncidents: 5 });
    expect((await get(id)).version).toBe(2);
    expect(new Set(told().map((each) => each.id))).toEqual(new Set([`risk/${id}/2`]));
  });
});
