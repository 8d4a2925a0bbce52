import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiFixture, createApiFixture } from './api-fixture.js';

const GREETING = `template: 1
name: greeting
description: Greets somebody.
tags: [try]
variables:
  who: { type: string, description: Whom. }
definition:
  sluice: 1
  name: greet
  stages: { s: { steps: { say: { set: { text: "hello $[[ who ]]" } } } } }
`;

describe('templates', () => {
  let api: ApiFixture;
  beforeAll(async () => {
    api = await createApiFixture();
  });
  afterAll(() => api?.close());

  const save = (text: string, headers = {}) =>
    api.post('/api/v1/templates', text, { 'content-type': 'application/yaml', ...headers });
  const audited = async () =>
    (
      await api.database.dataSource.query(
        `SELECT actor, action, object_id FROM audit_log WHERE object_type = 'template' ORDER BY id`,
      )
    ).map((row: Record<string, string>) => `${row['actor']} ${row['action']} ${row['object_id']}`);

  it('come with the program, in pages by name, and cannot be changed', async () => {
    const names: string[] = [];
    for (let after: string | undefined = ''; after !== undefined; ) {
      const { body } = await api.get(`/api/v1/templates?limit=4${after === '' ? '' : `&after=${after}`}`);
      names.push(...body.items.map((item: { name: string }) => item.name));
      after = body.next;
    }
    expect(names).toEqual([...names].sort());
    expect(names).toContain('verify-repository');
    const { body } = await api.get('/api/v1/templates/nightly-job');
    expect(body).toMatchObject({
      name: 'nightly-job',
      builtIn: true,
      source: expect.stringContaining('template: 1'),
    });
    expect(await save(body.source)).toMatchObject({ status: 409, body: { code: 'template-built-in' } });
    expect(await api.remove('/api/v1/templates/nightly-job')).toMatchObject({
      status: 409,
      body: { code: 'template-built-in' },
    });
  });

  it('are saved, listed among the others, changed and removed, and audited', async () => {
    expect(await save(GREETING, { 'x-sluice-actor': 'ada' })).toMatchObject({
      status: 201,
      body: { name: 'greeting', builtIn: false, createdBy: 'ada', variables: { who: { type: 'string' } } },
    });
    expect(await save(GREETING)).toMatchObject({ status: 200 });
    const changed = GREETING.replace('hello', 'good day');
    expect(await save(changed)).toMatchObject({ status: 200, body: { source: changed } });
    const { body } = await api.get('/api/v1/templates?limit=200');
    expect(body.items.map((item: { name: string }) => item.name)).toEqual(
      body.items.map((item: { name: string }) => item.name).toSorted(),
    );
    expect(body.items).toContainEqual(
      expect.objectContaining({ name: 'greeting', builtIn: false, tags: ['try'] }),
    );
    expect(JSON.stringify(body.items)).not.toContain('good day');
    expect((await api.remove('/api/v1/templates/greeting')).status).toBe(204);
    expect(await api.remove('/api/v1/templates/greeting')).toMatchObject({ status: 404 });
    expect(await audited()).toEqual([
      'ada template.create greeting',
      'local template.change greeting',
      'local template.delete greeting',
    ]);
  });

  it('make definitions, which are stored where that is asked for', async () => {
    await save(GREETING);
    const instantiate = (body: unknown, name = 'greeting') =>
      api.post(`/api/v1/templates/${name}/instantiate`, body);
    const made = await instantiate({ values: { who: '${{ run.id }}' } });
    expect(made).toMatchObject({ status: 200 });
    expect(made.body).toEqual({ definition: expect.stringContaining('"hello $${{ run.id }}"') });
    expect((await api.get('/api/v1/workflows/greet')).status).toBe(404);
    expect(await instantiate({ values: { who: 'Ada' }, save: true })).toMatchObject({
      status: 200,
      body: { workflow: { name: 'greet', latestVersion: 1 } },
    });
    expect(await audited()).toContain('local template.instantiate greeting');
    expect(await instantiate({})).toMatchObject({
      status: 422,
      body: { code: 'template-values-invalid', errors: [{ path: 'variables.who', message: 'is required.' }] },
    });
    expect(await instantiate({ values: { run: ['true'], timeout: 'soon' } }, 'nightly-job')).toMatchObject({
      status: 422,
      body: { code: 'template-result-invalid', findings: [{ code: 'duration-invalid' }] },
    });
    expect(await instantiate('{"values": {"__proto__": {"who": "x"}}}')).toMatchObject({
      status: 400,
      body: { code: 'body-forbidden-key' },
    });
    expect(await instantiate({ values: { who: 'x'.repeat(1 << 20) } })).toMatchObject({ status: 413 });
    expect(await instantiate({}, 'nowhere')).toMatchObject({
      status: 404,
      body: { code: 'template-not-found' },
    });
  });

  it('are made of definitions', async () => {
    const definition = 'sluice: 1\nname: shop\nstages: { s: { steps: { a: { wait: 1s, timeout: 5m } } } }\n';
    const extract = (body: unknown) => api.post('/api/v1/templates/extract', body);
    const { body } = await extract({ definition });
    expect(body).toEqual({
      proposals: [
        { name: 'name', paths: ['name'], value: 'shop', because: 'name' },
        { name: 'timeout', paths: ['stages.s.steps.a.timeout'], value: '5m', because: 'duration' },
      ],
    });
    const made = await extract({
      definition,
      name: 'a-shop',
      variables: body.proposals.map(({ name, paths }: { name: string; paths: string[] }) => ({
        name,
        paths,
      })),
    });
    expect(made.status).toBe(200);
    expect(await save(made.body.template)).toMatchObject({ status: 201, body: { name: 'a-shop' } });
    expect(await extract({ definition, variables: [{ name: 'x', paths: ['nowhere'] }] })).toMatchObject({
      status: 422,
      body: { code: 'template-choice-invalid', errors: [{ path: 'nowhere' }] },
    });
    expect(await extract({ definition: 'a: [' })).toMatchObject({
      status: 422,
      body: { code: 'definition-invalid' },
    });
  });

  it.each([
    ['what is no template', 'sluice: 1', 422, 'template-invalid'],
    ['nothing', ' ', 400, 'body-missing'],
    ['2 MiB', 'x'.repeat(2 << 20), 413, 'body-too-large'],
  ])('refuses %s', async (_, text, status, code) => {
    expect(await save(text)).toMatchObject({ status, body: { code } });
  });

  it.each(['%00', '..%2f', 'A', "x'; DROP TABLE templates; --"])('does not find %s', async (name) => {
    expect(await api.get(`/api/v1/templates/${name}`)).toMatchObject({
      body: { code: 'template-not-found' },
    });
  });

  it('saved by many at once under one name are one', async () => {
    const text = GREETING.replace('name: greeting', 'name: popular');
    const answers = await Promise.all(Array.from({ length: 10 }, () => save(text)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array(9).fill(200), 201]);
  });
});
