import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiFixture, createApiFixture, HELLO } from './api-fixture.js';

let api: ApiFixture;
beforeAll(async () => {
  api = await createApiFixture();
  await api.save(HELLO);
});
afterAll(() => api?.close());

const YAML = { 'content-type': 'application/yaml' };
const CALLER = `
sluice: 1
name: caller
stages:
  all:
    steps:
      call: { workflow: { name: hello } }
`;

describe('validate', () => {
  const validate = (text: string) => api.post('/api/v1/workflows/validate', text, YAML);

  it('tells what saving would, and saves nothing', async () => {
    const text = HELLO.replace('name: hello', 'name: not-saved');
    const { status, body } = await validate(text);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { valid: true, name: 'not-saved', findings: [] },
    });
    expect(await api.get('/api/v1/workflows/not-saved')).toMatchObject({ status: 404 });
    const saved = await api.save(text);
    expect(saved.body.digest).toBe(body.digest);
    await api.remove('/api/v1/workflows/not-saved');
  });

  it('finds what is wrong, calls of workflows that are not there among it', async () => {
    const wrong = await validate(HELLO.replace('set:', 'sett:'));
    expect(wrong).toMatchObject({ status: 200, body: { valid: false, name: 'hello' } });
    expect(wrong.body.findings.length).toBeGreaterThan(0);
    const lost = await validate(CALLER.replace('name: hello', 'name: nowhere'));
    expect(lost.body).toMatchObject({ valid: false, findings: [{ code: 'workflow-unknown' }] });
    expect(await validate(' ')).toMatchObject({ status: 400, body: { code: 'body-missing' } });
  });
});

describe('plan', () => {
  it('says what a definition would run', async () => {
    const { status, body } = await api.post('/api/v1/workflows/plan', {
      definition: HELLO,
      inputs: { who: 'Ada' },
    });
    expect({ status, body }).toMatchObject({ status: 200, body: { name: 'hello', missingInputs: [] } });
    expect(body.steps.find(({ id }: { id: string }) => id === 'say')).toMatchObject({
      outlook: 'runs',
      input: { text: 'hello Ada' },
    });
  });

  it('says what a stored version would run', async () => {
    const { body } = await api.post('/api/v1/workflows/hello/plan', { version: 1 });
    expect(body).toMatchObject({ name: 'hello', version: 1 });
    expect(await api.post('/api/v1/workflows/hello/plan', { version: 9 })).toMatchObject({
      status: 404,
      body: { code: 'workflow-version-not-found' },
    });
  });

  it('refuses what cannot be planned', async () => {
    const ask = (body: object) => api.post('/api/v1/workflows/plan', body);
    expect(await ask({ definition: 'sluice: 1' })).toMatchObject({ body: { code: 'definition-invalid' } });
    expect(await ask({ definition: HELLO, inputs: { other: 1 } })).toMatchObject({
      body: { code: 'inputs-invalid' },
    });
    expect(await ask({})).toMatchObject({ status: 400 });
    expect(await ask({ definition: HELLO, inputs: null })).toMatchObject({ status: 400 });
  });
});

describe('delete', () => {
  const status = async (path: string) => (await api.get(`/api/v1${path}`)).status;

  it('is refused while a run lives or another workflow calls it', async () => {
    const run = (await api.post('/api/v1/workflows/hello/execute', {})).body.id;
    expect(await api.remove('/api/v1/workflows/hello')).toMatchObject({
      status: 409,
      body: { code: 'workflow-in-use', detail: expect.stringContaining(run) },
    });
    await api.database.dataSource.query(
      `UPDATE runs SET status = 'succeeded', ended_at = now() WHERE id = $1`,
      [run],
    );
    expect(await api.save(CALLER)).toMatchObject({ status: 201 });
    expect(await api.remove('/api/v1/workflows/hello')).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('caller, version 1, calls hello') },
    });
    expect(await api.remove('/api/v1/workflows/caller?reason=not%20needed')).toMatchObject({ status: 204 });
  });

  it('leaves its runs, frees its name, and is written down', async () => {
    const { id } = (await api.get('/api/v1/workflows/hello')).body;
    expect(await api.remove('/api/v1/workflows/hello')).toMatchObject({ status: 204 });
    expect(await api.remove('/api/v1/workflows/hello')).toMatchObject({ status: 404 });
    for (const path of [`/workflows/${id}`, '/workflows/hello', '/workflows/hello/versions'])
      expect({ path, status: await status(path) }).toEqual({ path, status: 404 });
    expect(await api.post(`/api/v1/workflows/${id}/execute`, {})).toMatchObject({ status: 404 });
    const [run] = (await api.get('/api/v1/runs')).body.items;
    expect(run).toMatchObject({ workflow: 'hello', version: 1 });
    expect(await status(`/runs/${run.id}/steps`)).toBe(200);

    expect(await api.save(HELLO)).toMatchObject({ status: 201, body: { latestVersion: 1 } });
    expect((await api.get('/api/v1/workflows')).body.items).toHaveLength(1);
    const rows = await api.database.dataSource.query(
      `SELECT reason FROM audit_log WHERE action = 'workflow.delete' AND (object_id = $1 OR reason IS NOT NULL) ORDER BY at`,
      [id],
    );
    expect(rows).toEqual([{ reason: 'not needed' }, { reason: null }]);
  });
});
