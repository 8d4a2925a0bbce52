import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChangeFactors } from '#contracts/judgement/risk.js';
import { PAST_COLUMNS } from '#contracts/judgement/risk-facts.js';
import { assessRisk } from '#risk/assess/assess-risk.js';
import { readModel, writeModel } from '#risk/model/model-file.js';
import { readShippedModel } from '#risk/model/shipped-model.js';
import { trainModel } from '#risk/model/train-model.js';
import { makeProject, SMALL_RECIPE } from '#risk/testing/synthetic-project.js';
import { type ApiFixture, createApiFixture } from './api-fixture.js';
import { commitOf, makeFactors, makeReport } from './risk-fixture.js';

const PATH = '/api/v1/risk';

let api: ApiFixture;
beforeAll(async () => {
  api = await createApiFixture({}, { vera: ['viewer'], olaf: ['operator'], dora: ['developer'] });
});
afterAll(() => api?.close());

const assess = (body: object, headers: Record<string, string> = {}) =>
  api.post(`${PATH}/assessments`, body, headers);
const setEnvironment = (name: string, body: object) => api.put(`${PATH}/environments/${name}`, body);
const as = (actor: string) => ({ 'x-sluice-actor': actor });

describe('an assessment that is asked for', () => {
  it('is made by what the request says, the model that comes with Sluice, and what is known of the environment', async () => {
    await setEnvironment('asked', { openIncidents: 1 });
    const factors = makeFactors(commitOf(100), { more: { migrations: 1 } });
    const past = makeProject('p', 40, 3).changes.map((change) => change.factors);
    const files = [
      {
        path: 'src/one.ts',
        kind: 'code',
        added: 700,
        deleted: 1,
        linesBefore: 900,
        developers: 2,
        ageDays: 3,
        changes: 4,
      },
    ] as const;
    const environment = { name: 'asked', canary: true };
    const answer = await assess({
      factors,
      past: past.map((each) => PAST_COLUMNS.map((name) => each[name])),
      files,
      history: { ...makeReport(commitOf(100)).history, shallow: true },
      environment,
      utcOffset: 60,
    });
    expect(answer).toMatchObject({
      status: 201,
      body: { commit: commitOf(100), environment: 'asked', version: 1, open: false, by: 'local' },
    });
    const { body } = answer;
    const expected = assessRisk(readShippedModel(), factors, past, {
      now: Math.floor(Date.parse(body.at) / 1_000),
      utcOffset: 60,
      files,
      historyIncomplete: true,
      environment: { ...environment, openIncidents: 1 },
    });
    expect(JSON.stringify(body.result)).toBe(JSON.stringify(expected));
    expect((await api.get(`${PATH}/assessments/${body.id}`)).body).toEqual(body);
    const [{ action, actor }] = await api.database.dataSource.query(
      'SELECT action, actor FROM audit_log WHERE object_id = $1',
      [body.id],
    );
    expect([action, actor]).toEqual(['risk.assess', 'local']);
  });

  it('takes what `sluice risk --json` prints of factors and history, and compares with earlier assessments', async () => {
    const { factors, history } = makeReport(commitOf(101));
    const first = await assess({ factors, history });
    const later = { ...makeFactors(commitOf(102)), at: factors.at + 86_400 };
    const second = await assess({ factors: later });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body.result.confidence.reasons.join()).toMatch(/only \d+ earlier changes/);
    expect((await assess({ factors: { ...later, at: 5 } })).body.result.confidence.reasons.join()).toMatch(
      /no earlier change/,
    );
  });

  it('stays open for a time, or until something became of the change', async () => {
    const open = (
      await assess({ factors: makeFactors(commitOf(103)), environment: { name: 'stage' }, openFor: '2h' })
    ).body;
    expect(open.open).toBe(true);
    await setEnvironment('stage', { frozen: true });
    const frozen = (await api.get(`${PATH}/assessments/${open.id}`)).body;
    expect(frozen).toMatchObject({
      version: 2,
      reason: 'stage: frozen: yes (no before)',
      state: { frozen: true },
    });
    await api.post(`${PATH}/outcomes`, { commit: commitOf(103), outcome: 'good' });
    await setEnvironment('stage', {});
    expect((await api.get(`${PATH}/assessments/${open.id}`)).body).toMatchObject({ version: 2, open: false });
    for (const openFor of ['0s', '15d', 'soon', '-1h', '']) {
      expect(await assess({ factors: makeFactors(commitOf(103)), openFor })).toMatchObject({
        status: 400,
        body: { code: 'request-invalid', errors: [{ path: 'openFor' }] },
      });
    }
  });

  const factors = makeFactors(commitOf(104)) as ChangeFactors & Record<string, unknown>;
  const { la: _, ...partial } = factors;
  it.each<[string, unknown]>([
    ['no factors', {}],
    ['factors that are none', { factors: 'many' }],
    ['a missing factor', { factors: partial }],
    ['a factor below zero', { factors: { ...factors, la: -1 } }],
    ['a text for a number', { factors: { ...factors, la: '1' } }],
    ['an unknown factor', { factors: { ...factors, luck: 1 } }],
    ['a commit that is none', { factors: { ...factors, commit: 'HEAD; rm -rf /' } }],
    ['a character that cannot be seen', { factors: { ...factors, author: 'a\0b' } }],
    ['half a character', { factors: { ...factors, author: 'a\ud800b' } }],
    [
      'half a character in advice',
      { factors, reviewers: [{ name: '\udc00', share: 1, exp: 1, rexp: 1, sexp: 1 }] },
    ],
    ['a key that is no name', { factors: { ...factors, more: { 'A B': 1 } } }],
    [
      'too many further factors',
      {
        factors: { ...factors, more: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`f${i}`, 1])) },
      },
    ],
    ['a past of other columns', { factors, past: [[1, 2, 3]] }],
    ['a past too long', { factors, past: Array.from({ length: 1_001 }, () => Array(15).fill(1)) }],
    ['more failures than deployments', { factors, environment: { deployments: { total: 1, failed: 2 } } }],
    ['an environment with a path for a name', { factors, environment: { name: '../x' } }],
    ['an unknown kind of file', { factors, files: [{ path: 'a', kind: 'magic' }] }],
    ['an unknown field', { factors, score: 1 }],
    ['an hour of nowhere', { factors, utcOffset: 10_000 }],
    ['null', { factors: null }],
    ['a list', { factors: [] }],
  ])('%s is refused', async (_, body) => {
    expect(await assess(body as object)).toMatchObject({ status: 400, body: { code: 'request-invalid' } });
  });

  it('numbers that JSON can write and no number holds are refused', async () => {
    const text = JSON.stringify({ factors }).replace('"la":900', '"la":1e999');
    expect(text).toContain('1e999');
    expect(await api.post(`${PATH}/assessments`, text)).toMatchObject({ status: 400 });
    expect(await api.post(`${PATH}/assessments`, `{"factors":{"__proto__":1}}`)).toMatchObject({
      status: 400,
      body: { code: 'body-forbidden-key' },
    });
  });

  it('is found in its project alone', async () => {
    const { body } = await assess({ factors: makeFactors(commitOf(105)) });
    for (const id of ['none', '01890000-0000-7000-8000-000000000000', '%00', body.id.slice(1)]) {
      expect(await api.get(`${PATH}/assessments/${id}`)).toMatchObject({
        status: 404,
        body: { code: 'risk-assessment-not-found' },
      });
      expect((await api.get(`${PATH}/assessments/${id}/versions`)).status).toBe(404);
    }
    for (const query of [
      'level=none',
      'commit=HEAD',
      'run=1',
      'since=yesterday',
      'environment=%20',
      'sort=score',
    ]) {
      expect(await api.get(`${PATH}/assessments?${query}`)).toMatchObject({ status: 400 });
    }
  });
});

describe('environments', () => {
  it('are said anew as a whole, listed and forgotten, each time with a word in the audit log', async () => {
    expect(
      await setEnvironment('eu', { openIncidents: 1, deployments: { total: 10, failed: 1 } }),
    ).toMatchObject({
      status: 201,
      body: { name: 'eu', state: { openIncidents: 1, deployments: { total: 10, failed: 1 } } },
    });
    expect(await setEnvironment('eu', { frozen: false, reason: 'over' })).toMatchObject({
      status: 200,
      body: { said: { frozen: false }, state: { frozen: false } },
    });
    const names = (await api.get(`${PATH}/environments?limit=200`)).body.items.map(
      ({ name }: { name: string }) => name,
    );
    expect(names).toContain('eu');
    expect(names).toEqual(names.toSorted());
    expect((await api.remove(`${PATH}/environments/eu`)).status).toBe(204);
    expect(await api.remove(`${PATH}/environments/eu`)).toMatchObject({
      status: 404,
      body: { code: 'risk-environment-not-found' },
    });
    const audit = await api.database.dataSource.query(
      `SELECT before, after, reason FROM audit_log WHERE action = 'risk.environment' AND object_id = 'eu' ORDER BY id`,
    );
    expect(audit).toMatchObject([
      { before: null, after: { openIncidents: 1 } },
      { before: { openIncidents: 1 }, after: { frozen: false }, reason: 'over' },
      { before: { frozen: false }, after: null },
    ]);
  });

  it.each<[string, unknown]>([
    ['less than no incident', { openIncidents: -1 }],
    ['half an incident', { openIncidents: 0.5 }],
    ['a word for a number', { openIncidents: 'many' }],
    ['more failures than deployments', { deployments: { total: 1, failed: 2 } }],
    ['half a count', { deployments: { total: 1 } }],
    ['a word for a freeze', { frozen: 'yes' }],
    ['what is of a change', { canary: true }],
    ['no workflow', { workflows: [] }],
    ['one workflow twice', { workflows: ['a', 'a'] }],
    ['a workflow that cannot be seen', { workflows: ['a\0'] }],
    ['null', { openIncidents: null }],
  ])('%s is refused', async (_, body) => {
    expect(await setEnvironment('bad', body as object)).toMatchObject({
      status: 400,
      body: { code: 'request-invalid' },
    });
  });

  it('have names that can be written everywhere, and are a hundred at most', async () => {
    for (const name of ['a%20b', '%00', '..%2Fx', 'x'.repeat(64)]) {
      expect((await setEnvironment(name, {})).status).toBe(400);
      expect((await api.get(`${PATH}/environments/${name}`)).status).toBe(404);
    }
    await api.database.dataSource.query(
      `INSERT INTO risk_environments (project, name, state, updated_by)
       SELECT 'default', 'many-' || n, '{}', 'test' FROM generate_series(1, 100) n`,
    );
    expect(await setEnvironment('one-more', {})).toMatchObject({
      status: 409,
      body: { code: 'risk-environment-limit-reached' },
    });
    await api.database.dataSource.query(`DELETE FROM risk_environments WHERE name LIKE 'many-%'`);
  });
});

describe('what became of changes', () => {
  it('is noted of those that were assessed, the last word counts', async () => {
    const factors = makeFactors(commitOf(200));
    await assess({ factors });
    const note = (body: object) => api.post(`${PATH}/outcomes`, body, as('olaf'));
    expect(await note({ commit: commitOf(200), outcome: 'good', at: '2026-01-02T03:04:05Z' })).toMatchObject({
      status: 201,
      body: { commit: commitOf(200), outcome: 'good', at: '2026-01-02T03:04:05.000Z', factors, by: 'olaf' },
    });
    expect(await note({ commit: commitOf(200), outcome: 'bad', reason: 'the shop was down' })).toMatchObject({
      status: 200,
      body: { outcome: 'bad', reason: 'the shop was down' },
    });
    const { items } = (await api.get(`${PATH}/outcomes?outcome=bad`)).body;
    expect(items).toMatchObject([{ commit: commitOf(200), outcome: 'bad', factors }]);
    expect((await api.get(`${PATH}/outcomes?outcome=good&since=2100-01-01T00:00:00Z`)).body.items).toEqual(
      [],
    );
  });

  it.each<[string, number, object]>([
    ['of a change that nobody assessed', 404, { commit: commitOf(999), outcome: 'bad' }],
    ['of nothing', 400, { outcome: 'bad' }],
    ['that is neither good nor bad', 400, { commit: commitOf(200), outcome: 'unknown' }],
    ['of tomorrow', 400, { commit: commitOf(200), outcome: 'bad', at: '2100-01-01T00:00:00Z' }],
    ['of no moment', 400, { commit: commitOf(200), outcome: 'bad', at: 'now' }],
  ])('%s is refused', async (_, status, body) => {
    expect((await api.post(`${PATH}/outcomes`, body)).status).toBe(status);
  });
});

describe('the model of a project', () => {
  const put = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${api.url}${PATH}/model`, {
      method: 'PUT',
      headers: { ...api.authorization, 'content-type': 'application/json', ...headers },
      body,
    }).then(async (response) => ({ status: response.status, body: await response.json() }));

  it('judges what is asked, until it goes', async () => {
    const shipped = readShippedModel();
    expect((await api.get(`${PATH}/model`)).body).toMatchObject({ shipped: true, digest: shipped.digest });
    const own = trainModel('own', [makeProject('own', 300, 5)], SMALL_RECIPE).model;
    const text = writeModel(own, SMALL_RECIPE.own, ['own.csv']);
    const { digest } = readModel(text);
    expect(await put(text)).toMatchObject({
      status: 200,
      body: { digest, shipped: false, trainedOn: { projects: ['own'], changes: 300 }, by: 'local' },
    });
    const { body } = await assess({ factors: makeFactors(commitOf(300)) });
    expect(body.result.model.digest).toBe(digest);
    expect((await api.remove(`${PATH}/model`)).status).toBe(204);
    expect((await api.remove(`${PATH}/model`)).status).toBe(204);
    const again = await assess({ factors: makeFactors(commitOf(300)) });
    expect(again.body.result.model.digest).toBe(shipped.digest);
    expect((await api.get(`${PATH}/assessments/${body.id}`)).body.result.model.digest).toBe(digest);
    const audit = await api.database.dataSource.query(
      `SELECT before, after FROM audit_log WHERE action = 'risk.model' ORDER BY id`,
    );
    expect(audit).toMatchObject([
      { before: null, after: { digest } },
      { before: { digest }, after: null },
    ]);
  });

  it('is refused when it is none, was changed, or is too large', async () => {
    const shipped = await readFile('libs/risk/model/shipped.json', 'utf8');
    const refused = { status: 422, body: { code: 'risk-model-invalid' } };
    for (const text of [
      '{}',
      'no JSON',
      '[]',
      'null',
      shipped.slice(0, -100),
      shipped.replace('"boosting": 0.8', '"boosting": 0.7'),
    ]) {
      expect(await put(text)).toMatchObject(refused);
    }
    expect(await put(' ')).toMatchObject({ status: 400, body: { code: 'body-missing' } });
    expect(await put(`${shipped}${' '.repeat(8 << 20)}`)).toMatchObject({ status: 413 });
    expect((await api.get(`${PATH}/model`)).body.shipped).toBe(true);
  });
});

it('who sees, who assesses and who chooses the model is said by roles', async () => {
  const factors = makeFactors(commitOf(400));
  const { body } = await assess({ factors }, as('olaf'));
  expect((await api.get(`${PATH}/assessments/${body.id}`, as('vera'))).status).toBe(200);
  expect((await assess({ factors }, as('vera'))).status).toBe(403);
  expect((await api.put(`${PATH}/environments/eu`, {}, as('vera'))).status).toBe(403);
  expect((await api.put(`${PATH}/environments/eu`, {}, as('olaf'))).status).toBe(201);
  expect((await api.remove(`${PATH}/model`, as('olaf'))).status).toBe(403);
  expect((await api.remove(`${PATH}/model`, as('dora'))).status).toBe(204);
});
