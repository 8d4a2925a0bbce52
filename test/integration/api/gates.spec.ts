import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestKey } from '../../access.js';
import { type ApiFixture, createApiFixture, HELLO } from './api-fixture.js';

const PATH = '/api/v1/gates';
const YAML = { 'content-type': 'application/yaml' };

const gateOf = (name: string, more = '', pass = '>= 80') => `
gate: 1
name: ${name}
type: pre-merge
criteria:
  - { metric: coverage, pass: "${pass}", warn: ">= 60" }
${more}`;

const OBJECTIVES = `
spec_version: '1.0'
objectives:
  - sli: response_time_p95
    pass: [{ criteria: ["<600"] }]
total_score: { pass: "90%", warning: "75%" }
`;

let api: ApiFixture;
beforeAll(async () => {
  api = await createApiFixture();
});
afterAll(() => api?.close());

const put = (name: string, text: string, headers: Record<string, string> = {}) =>
  send('PUT', `${PATH}/${name}`, text, { ...YAML, ...headers });

/** A body as it stands, not as JSON would write it. */
async function send(method: string, path: string, body: string, headers: Record<string, string>) {
  const response = await fetch(api.url + path, {
    method,
    headers: { ...api.authorization, ...headers },
    body,
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const evaluate = (name: string, body: object, headers: Record<string, string> = {}) =>
  api.post(`${PATH}/${name}/evaluate`, body, headers);

async function auditOf(id: string): Promise<readonly { action: string; reason: string | null }[]> {
  return api.database.dataSource.query(
    'SELECT action, reason, actor FROM audit_log WHERE object_id = $1 ORDER BY id',
    [id],
  );
}

describe('gates', () => {
  it('are saved in versions, found, listed and deleted, each change audited', async () => {
    const created = await put('merge', gateOf('merge'));
    expect(created).toMatchObject({
      status: 201,
      body: { name: 'merge', type: 'pre-merge', version: 1, rules: 'sluice', criteria: 1 },
    });
    expect(created.headers.get('etag')).toBe('"1"');
    const { id, digest } = created.body as { id: string; digest: string };
    const same = await put('merge', `# only a comment\n${gateOf('merge')}`);
    expect(same).toMatchObject({ status: 200, body: { version: 1, digest } });
    const changed = await put('merge', gateOf('merge', '', '>= 85'));
    expect(changed).toMatchObject({ status: 200, body: { id, version: 2 } });
    expect((changed.body as { digest: string }).digest).not.toBe(digest);
    expect((await api.get(`${PATH}/merge`)).body).toEqual(changed.body);
    expect((await api.get(`${PATH}/${id}`)).body).toEqual(changed.body);
    expect((await api.get(`${PATH}?text=ERG&type=pre-merge&total=true`)).body).toMatchObject({
      items: [{ id }],
      total: 1,
    });
    expect((await api.get(`${PATH}?type=pre-commit`)).body.items).toEqual([]);
    const versions = await api.get(`${PATH}/merge/versions`);
    expect(versions.body.items).toMatchObject([
      { version: 2 },
      { version: 1, digest, source: gateOf('merge') },
    ]);
    expect((await api.get(`${PATH}/merge/versions/1`)).body).toEqual(versions.body.items[1]);
    expect(await api.get(`${PATH}/merge/versions/3`)).toMatchObject({
      status: 404,
      body: { code: 'gate-version-not-found' },
    });
    expect((await api.remove(`${PATH}/merge`)).status).toBe(204);
    expect(await api.get(`${PATH}/merge`)).toMatchObject({ status: 404, body: { code: 'gate-not-found' } });
    const another = await put('merge', gateOf('merge'));
    expect(another).toMatchObject({ status: 201, body: { version: 1 } });
    expect((another.body as { id: string }).id).not.toBe(id);
    expect((await auditOf(id)).map(({ action }) => action)).toEqual([
      'gate.create',
      'gate.version',
      'gate.delete',
    ]);
  });

  it('change only as the caller knows them', async () => {
    expect(await put('strict', gateOf('strict'), { 'if-match': '"1"' })).toMatchObject({
      status: 412,
      body: { code: 'gate-changed' },
    });
    expect((await put('strict', gateOf('strict'), { 'if-none-match': '*' })).status).toBe(201);
    expect((await put('strict', gateOf('strict'), { 'if-none-match': '*' })).status).toBe(412);
    expect((await put('strict', gateOf('strict', '', '>= 81'), { 'if-match': '"1"' })).status).toBe(200);
    expect((await put('strict', gateOf('strict', '', '>= 82'), { 'if-match': '"1"' })).status).toBe(412);
    expect((await api.remove(`${PATH}/strict`, { 'if-match': '"1"' })).status).toBe(412);
    expect((await api.remove(`${PATH}/strict`, { 'if-match': '"2"' })).status).toBe(204);
  });

  it('that are saved by several at once get one version each', async () => {
    const answers = await Promise.all(
      [81, 82, 83, 84, 85, 86].map((limit) => put('crowded', gateOf('crowded', '', `>= ${limit}`))),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const versions = answers.map(({ body }) => (body as { version: number }).version);
    expect(versions.toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('may be files of objectives, whose name is that of the address', async () => {
    expect(await put('slo', OBJECTIVES)).toMatchObject({
      status: 201,
      body: { name: 'slo', rules: 'keptn' },
    });
    expect(await evaluate('slo', { metrics: { response_time_p95: 500 } })).toMatchObject({
      status: 201,
      body: { gate: 'slo', outcome: 'pass', result: { gate: 'slo' } },
    });
  });

  it.each([
    ['nothing', '', 400, 'body-missing'],
    ['no gate', 'hello', 422, 'gate-invalid'],
    ['an unknown key', gateOf('wrong', 'elephant: 1'), 422, 'gate-invalid'],
    ['another name', gateOf('other'), 422, 'gate-invalid'],
    [
      'two criteria of one name',
      gateOf('wrong', '  - { metric: coverage, pass: "> 1" }'),
      422,
      'gate-invalid',
    ],
    ['more than a gate may hold', gateOf('wrong', `# ${'x'.repeat(300_000)}`), 422, 'gate-invalid'],
    ['no text', gateOf('wrong', '# \0'), 422, 'gate-invalid'],
  ])('are not %s', async (_, text, status, code) => {
    expect(await put('wrong', text)).toMatchObject({ status, body: { code } });
    expect((await api.get(`${PATH}/wrong`)).status).toBe(404);
  });

  it('have names that can be written everywhere', async () => {
    expect(await put('Bad%20Name', OBJECTIVES)).toMatchObject({
      status: 400,
      body: { code: 'request-invalid' },
    });
    for (const path of ['x%00', 'x%00/versions', 'x%00/results', 'x%00/bypasses']) {
      expect(await api.get(`${PATH}/${path}`)).toMatchObject({
        status: 404,
        body: { code: 'gate-not-found' },
      });
    }
    expect((await put('x%00', OBJECTIVES)).status).toBe(400);
    expect((await api.remove(`${PATH}/x%00`)).status).toBe(404);
  });

  it('are those of their project', async () => {
    await put('private', gateOf('private'));
    await api.post('/api/v1/projects', { name: 'other' });
    const other = { 'x-sluice-project': 'other' };
    expect((await api.get(`${PATH}/private`, other)).status).toBe(404);
    expect((await evaluate('private', { metrics: {} }, other)).status).toBe(404);
    expect((await put('private', gateOf('private'), other)).status).toBe(201);
  });
});

describe('judging', () => {
  it('stores a result, with what was judged, and lists it', async () => {
    await put('judged', gateOf('judged'));
    const { body: workflow } = await api.save(HELLO);
    const { body: run } = await api.post(`/api/v1/workflows/${workflow.id}/execute`, {});
    const subject = { commit: 'abcdef0', run: run.id, step: 'gate[2]', labels: { environment: 'prod' } };
    const judged = await evaluate('judged', { metrics: { coverage: { value: 79, unit: '%' } }, ...subject });
    expect(judged).toMatchObject({
      status: 201,
      body: {
        ...subject,
        gate: 'judged',
        version: 1,
        outcome: 'fail',
        score: 50,
        allowed: false,
        result: { criteria: [{ metric: 'coverage', outcome: 'warn', value: 79 }] },
      },
    });
    const { result, ...summary } = judged.body;
    expect((await api.get(`${PATH}/judged/results/${summary.id}`)).body).toEqual(judged.body);
    expect((await api.get(`${PATH}/judged/results`)).body.items).toEqual([summary]);
    const filter = `outcome=fail,warn&commit=abcdef0&run=${run.id}&version=1`;
    expect((await api.get(`${PATH}/judged/results?${filter}`)).body.items).toHaveLength(1);
    expect((await api.get(`${PATH}/judged/results?outcome=pass`)).body.items).toEqual([]);
    const gone = '00000000-0000-4000-8000-000000000000';
    expect((await api.get(`${PATH}/judged/results/${gone}`)).body.code).toBe('gate-result-not-found');
    expect((await evaluate('judged', { metrics: {}, run: gone })).body.code).toBe('run-not-found');
    expect((await evaluate('judged', { metrics: {}, version: 9 })).body.code).toBe('gate-version-not-found');
  });

  it('finds again what it said of the same inputs, in the same bytes', async () => {
    await put('steady', gateOf('steady'));
    const first = await evaluate('steady', { metrics: { coverage: 90, size: 3 }, risk: 12.5 });
    const again = await evaluate('steady', { risk: 12.5, metrics: { size: 3, coverage: 90 } });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(JSON.stringify(again.body)).toBe(JSON.stringify(first.body));
    const others = [
      { metrics: { coverage: 90, size: 4 }, risk: 12.5 },
      { metrics: { coverage: 90, size: 3 } },
      { metrics: { coverage: 90, size: 3 }, risk: 12.5, commit: 'abcdef0' },
      { metrics: { coverage: 90, size: 3 }, risk: 12.5, labels: { environment: 'prod' } },
    ];
    for (const other of others) expect((await evaluate('steady', other)).status).toBe(201);
    await put('steady', gateOf('steady', '', '>= 81'));
    expect((await evaluate('steady', { metrics: { coverage: 90, size: 3 }, risk: 12.5 })).status).toBe(201);
    const old = { metrics: { coverage: 90, size: 3 }, risk: 12.5, version: 1 };
    expect(await evaluate('steady', old)).toMatchObject({ status: 200, body: { id: first.body.id } });
  });

  it('stores one result of the same inputs, however many ask at once', async () => {
    await put('raced', gateOf('raced'));
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => evaluate('raced', { metrics: { coverage: 70 } })),
    );
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const { body } = await api.get(`${PATH}/raced/results?total=true`);
    expect(body.total).toBe(1);
    const audited = await auditOf((await api.get(`${PATH}/raced`)).body.id);
    expect(audited.filter(({ action }) => action === 'gate.evaluate')).toHaveLength(1);
  });

  it('compares with the last results that passed, and not with the same change', async () => {
    const text = `
gate: 1
name: relative
criteria:
  - { metric: p95, pass: "<= +10%", compare: { last: 3, of: passed, atLeast: 2 } }
  - { metric: errors, pass: "<= 0", key: true, weight: 2 }
total: { pass: 60% }
`;
    await put('relative', text);
    const judge = (commit: string, p95: number, errors = 0) =>
      evaluate('relative', { metrics: { p95: { value: p95, unit: 'ms' }, errors }, commit });
    const criterion = ({ body }: { body: ReturnType<typeof JSON.parse> }) => body.result.criteria[0];
    expect(criterion(await judge('aaaaaaa', 100))).toMatchObject({ outcome: 'inconclusive' });
    expect((await judge('bbbbbbb', 200)).body.outcome).toBe('pass');
    const third = await judge('ccccccc', 160);
    expect(criterion(third)).toMatchObject({ outcome: 'pass', compared: 150 });
    // What failed does not count, nor what is asked again.
    await judge('ddddddd', 9_000, 1);
    expect(await judge('ccccccc', 160)).toMatchObject({ status: 200, body: { id: third.body.id } });
    const last = await judge('eeeeeee', 250);
    expect(criterion(last)).toMatchObject({ outcome: 'fail', compared: (100 + 200 + 160) / 3 });
  });

  it('stores nothing in a dry run', async () => {
    await put('rehearsed', gateOf('rehearsed'));
    const dry = await evaluate('rehearsed', { metrics: { coverage: 95 }, dryRun: true });
    expect(dry).toMatchObject({ status: 200, body: { outcome: 'pass', allowed: true } });
    expect(dry.body).not.toHaveProperty('id');
    expect((await api.get(`${PATH}/rehearsed/results`)).body.items).toEqual([]);
    const real = await evaluate('rehearsed', { metrics: { coverage: 95 } });
    expect(real.status).toBe(201);
    expect((await evaluate('rehearsed', { metrics: { coverage: 95 }, dryRun: true })).body.id).toBe(
      real.body.id,
    );
  });

  it.each([
    ['no metrics', {}, 'metrics'],
    ['metrics that are a list', { metrics: [1] }, 'metrics'],
    ['a risk beyond 100', { metrics: {}, risk: 101 }, 'risk'],
    ['a risk that is a text', { metrics: {}, risk: '10' }, 'risk'],
    ['version 0', { metrics: {}, version: 0 }, 'version'],
    ['a branch as commit', { metrics: {}, commit: 'main' }, 'commit'],
    ['a run that is no id', { metrics: {}, run: 'latest' }, 'run'],
    ['a step without key', { metrics: {}, step: '' }, 'step'],
    ['a label that is no text', { metrics: {}, labels: { a: 1 } }, 'labels'],
    ['a label by no name', { metrics: {}, labels: { 'a b': 'x' } }, 'labels'],
    [
      'too many labels',
      { metrics: {}, labels: Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`l${at}`, ''])) },
      'labels',
    ],
    ['an unknown field', { metrics: {}, force: true }, 'force'],
  ])('refuses %s', async (_, body, path) => {
    await put('refusing', gateOf('refusing'));
    const answer = await evaluate('refusing', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'request-invalid' } });
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(path);
  });

  it.each([
    ['a text', { coverage: 'high' }],
    ['a list of texts', { coverage: ['1'] }],
    ['no samples', { coverage: [] }],
    ['too many samples', { coverage: Array.from({ length: 10_001 }, () => 1) }],
    ['an unknown key', { coverage: { value: 1, elephant: 2 } }],
    ['a value and samples', { coverage: { value: 1, samples: [1] } }],
    ['a name with a control character', { 'a\u0000b': 1 }],
    ['a unit with a control character', { coverage: { value: 1, unit: 'm\u0000s' } }],
    ['half a character', { coverage: { value: 1, source: '\ud800' } }],
    ['a moment that is none', { coverage: { value: 1, observedAt: 'yesterday' } }],
  ])('takes no metric that is %s', async (_, metrics) => {
    await put('refusing', gateOf('refusing'));
    expect(await evaluate('refusing', { metrics })).toMatchObject({
      status: 422,
      body: { code: 'metrics-invalid', findings: [{ severity: 'error' }] },
    });
  });

  it('takes no number that is none', async () => {
    await put('refusing', gateOf('refusing'));
    const json = { 'content-type': 'application/json' };
    for (const body of ['{"metrics":{"coverage":1e999}}', '{"metrics":{"coverage":[1,-1e999]}}']) {
      expect(await send('POST', `${PATH}/refusing/evaluate`, body, json)).toMatchObject({
        status: 400,
        body: { errors: [{ path: 'metrics', message: 'must hold finite numbers' }] },
      });
    }
  });

  it('never passes without the metric', async () => {
    await put('bare', gateOf('bare'));
    expect((await evaluate('bare', { metrics: {} })).body).toMatchObject({
      outcome: 'inconclusive',
      allowed: false,
    });
  });
});

describe('what became of changes', () => {
  it('is noted, and limits are learnt from it', async () => {
    const adapt = `
gate: 1
name: learning
criteria:
  - { metric: p95, pass: "<= 500", adapt: { floor: "<= 500", atLeast: 5 } }
`;
    await put('learning', adapt);
    const results: string[] = [];
    for (const value of [100, 104, 102, 98, 101, 103]) {
      results.push((await evaluate('learning', { metrics: { p95: value } })).body.id);
    }
    expect((await evaluate('learning', { metrics: { p95: 400 } })).body.outcome).toBe('pass');
    for (const id of results) {
      const noted = await api.put(`${PATH}/learning/results/${id}/afterwards`, {
        afterwards: 'good',
        reason: 'a week without trouble',
      });
      expect(noted).toMatchObject({
        status: 200,
        body: { id, afterwards: 'good', notedBy: expect.any(String) },
      });
    }
    const stricter = await evaluate('learning', { metrics: { p95: 400 } });
    expect(stricter).toMatchObject({
      status: 201,
      body: { outcome: 'fail', result: { adapted: [{ criterion: 'p95', written: '<= 500' }] } },
    });
    const taken = await api.put(`${PATH}/learning/results/${results[0]}/afterwards`, {
      afterwards: 'unknown',
    });
    expect(taken.body).not.toHaveProperty('afterwards');
    expect(taken.body).not.toHaveProperty('notedBy');
    expect(
      await api.put(`${PATH}/learning/results/${results[0]}/afterwards`, { afterwards: 'fine' }),
    ).toMatchObject({ status: 400 });
  });
});

describe('bypasses', () => {
  it('let through what fails, which keeps its outcome and says by whom, why, and until when', async () => {
    await put('bypassed', gateOf('bypassed'));
    const { id } = (await api.get(`${PATH}/bypassed`)).body;
    const failing = { metrics: { coverage: 1 } };
    const before = await evaluate('bypassed', failing);
    expect(before.body).toMatchObject({ outcome: 'fail', allowed: false });
    const made = await api.post(`${PATH}/bypassed/bypasses`, { reason: 'outage', for: '2h' }, asAnn);
    const { expiresAt } = made.body;
    expect(Date.parse(expiresAt) - Date.parse(made.body.createdAt)).toBeGreaterThan(1.9 * 3_600_000);
    expect(made).toMatchObject({
      status: 201,
      body: { reason: 'outage', active: true, createdBy: 'ann' },
    });
    const mark = { id: made.body.id, by: 'ann', reason: 'outage', until: expiresAt };
    expect((await api.get(`${PATH}/bypassed`)).body.bypass).toEqual(mark);
    const letThrough = { outcome: 'fail', allowed: true, bypass: mark };
    expect(await evaluate('bypassed', failing)).toMatchObject({
      status: 200,
      body: { ...letThrough, id: before.body.id },
    });
    const other = await evaluate('bypassed', { metrics: { coverage: 2 } });
    expect(other).toMatchObject({ status: 201, body: letThrough });
    expect((await api.get(`${PATH}/bypassed/results`)).body.items).toMatchObject([letThrough, letThrough]);
    const passed = await evaluate('bypassed', { metrics: { coverage: 99 } });
    expect(passed.body).toMatchObject({ outcome: 'pass', allowed: true });
    expect(passed.body).not.toHaveProperty('bypass');
    expect(await api.post(`${PATH}/bypassed/bypasses`, { reason: 'more', for: 'PT1H' })).toMatchObject({
      status: 409,
      body: { code: 'gate-bypassed' },
    });
    expect((await api.remove(`${PATH}/bypassed/bypasses/${made.body.id}`, asAnn)).status).toBe(204);
    // It was let through then; nothing is now.
    expect((await evaluate('bypassed', failing)).body).toMatchObject({
      allowed: false,
      bypass: { id: made.body.id, by: 'ann', reason: 'outage' },
    });
    const never = await evaluate('bypassed', { metrics: { coverage: 3 } });
    expect(never.body.allowed).toBe(false);
    expect(never.body).not.toHaveProperty('bypass');
    expect((await api.get(`${PATH}/bypassed/bypasses`)).body.items).toMatchObject([
      { id: made.body.id, active: false, revokedBy: 'ann' },
    ]);
    expect((await api.get(`${PATH}/bypassed/bypasses?active=true`)).body.items).toEqual([]);
    expect(await auditOf(id)).toEqual(
      expect.arrayContaining([
        { action: 'gate.bypass', reason: 'outage', actor: 'ann' },
        { action: 'gate.revoke', reason: null, actor: 'ann' },
      ]),
    );
  });

  it('end by themselves', async () => {
    await put('expiring', gateOf('expiring'));
    const made = await api.post(`${PATH}/expiring/bypasses`, { reason: 'short', for: '1h' });
    await evaluate('expiring', { metrics: { coverage: 1 } });
    await api.database.dataSource.query(
      `UPDATE gate_bypasses SET expires_at = now() - interval '1 second' WHERE id = $1`,
      [made.body.id],
    );
    expect((await evaluate('expiring', { metrics: { coverage: 1 } })).body).toMatchObject({
      allowed: false,
      bypass: { id: made.body.id },
    });
    expect((await api.remove(`${PATH}/expiring/bypasses/${made.body.id}`)).status).toBe(204);
    expect((await api.get(`${PATH}/expiring/bypasses?active=false`)).body.items).toHaveLength(1);
    expect((await api.get(`${PATH}/expiring/bypasses`)).body.items[0]).not.toHaveProperty('revokedBy');
    expect((await api.post(`${PATH}/expiring/bypasses`, { reason: 'again', for: '7d' })).status).toBe(201);
  });

  it('are one at a time, however many are made at once', async () => {
    await put('contested', gateOf('contested'));
    const answers = await Promise.all(
      [1, 2, 3, 4].map((hours) =>
        api.post(`${PATH}/contested/bypasses`, { reason: 'now', for: `${hours}h` }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409]);
  });

  it.each([
    ['no reason', { for: '1h' }, 'reason'],
    ['a blank reason', { reason: '  ', for: '1h' }, 'reason'],
    ['no end', { reason: 'x' }, 'for'],
    ['a time that is none', { reason: 'x', for: 'long' }, 'for'],
    ['no time', { reason: 'x', for: '0s' }, 'for'],
    ['a negative time', { reason: 'x', for: '-1h' }, 'for'],
    ['more than seven days', { reason: 'x', for: '169h' }, 'for'],
    ['an end of its own', { reason: 'x', for: '1h', expiresAt: '2099-01-01T00:00:00Z' }, 'expiresAt'],
  ])('are refused with %s', async (_, body, path) => {
    await put('guarded', gateOf('guarded'));
    const answer = await api.post(`${PATH}/guarded/bypasses`, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'request-invalid' } });
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(path);
    expect((await api.get(`${PATH}/guarded/bypasses`)).body.items).toEqual([]);
  });

  it('are not for those who write gates, or run them', async () => {
    await put('reserved', gateOf('reserved'));
    const { dataSource } = api.database;
    const body = { reason: 'x', for: '1h' };
    for (const [role, status] of [
      ['developer', 403],
      ['operator', 403],
      ['approver', 201],
    ] as const) {
      const key = await createTestKey(dataSource, { name: role, roles: [role], projects: ['default'] });
      const as = { authorization: `Bearer ${key}` };
      expect([role, (await api.post(`${PATH}/reserved/bypasses`, body, as)).status]).toEqual([role, status]);
    }
  });
});

const asAnn = { 'x-sluice-actor': 'ann' };
