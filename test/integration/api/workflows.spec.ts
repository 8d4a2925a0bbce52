import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiFixture, createApiFixture, HELLO } from './api-fixture.js';

describe('workflows', () => {
  let api: ApiFixture;
  beforeAll(async () => {
    api = await createApiFixture();
  });
  afterAll(() => api?.close());

  it('is saved, listed, and found by id and by name', async () => {
    const saved = await api.save(HELLO);
    expect(saved).toMatchObject({
      status: 201,
      body: { name: 'hello', latestVersion: 1, project: 'default' },
    });
    const { id } = saved.body;
    expect((await api.get(`/api/v1/workflows/${id}`)).body).toEqual(saved.body);
    expect((await api.get('/api/v1/workflows/hello')).body).toEqual(saved.body);
    expect((await api.get('/api/v1/workflows')).body).toEqual({ items: [saved.body] });
  });

  it('gets a version for a change of meaning, and none for a comment', async () => {
    expect(await api.save(`# a comment\n${HELLO}`)).toMatchObject({
      status: 200,
      body: { latestVersion: 1 },
    });
    const step = HELLO.replace('say:', 'greet-them:');
    expect(await api.save(step)).toMatchObject({ status: 200, body: { latestVersion: 2 } });
    // Inputs and description are no part of the plan; only inputs change what a run is.
    expect(await api.save(step.replace('world', 'moon'))).toMatchObject({
      status: 200,
      body: { latestVersion: 3 },
    });
    const described = step.replace('world', 'moon').replace('Says hello.', 'Greets.');
    expect(await api.save(described)).toMatchObject({ body: { latestVersion: 3, description: 'Greets.' } });

    const { body } = await api.get('/api/v1/workflows/hello/versions?limit=2');
    expect(body.items).toMatchObject([
      { version: 3, format: 'yaml', createdBy: 'local' },
      { version: 2, source: step },
    ]);
    const rest = await api.get(`/api/v1/workflows/hello/versions?limit=2&after=${body.next}`);
    expect(rest.body).toEqual({ items: [expect.objectContaining({ version: 1, source: HELLO })] });
  });

  it('cannot have a version changed or removed, whoever tries', async () => {
    const { dataSource } = api.database;
    await expect(dataSource.query(`UPDATE workflow_versions SET source = ''`)).rejects.toThrow(/immutable/);
    await expect(dataSource.query('DELETE FROM workflow_versions')).rejects.toThrow(/immutable/);
    await expect(dataSource.query('TRUNCATE workflow_versions CASCADE')).rejects.toThrow(/immutable/);
  });

  it('takes JSON, and each media type of YAML', async () => {
    const json = JSON.stringify({
      sluice: 1,
      name: 'as-json',
      stages: { a: { steps: { b: { set: { x: 1 } } } } },
    });
    expect(await api.post('/api/v1/workflows', json)).toMatchObject({ status: 201 });
    const { body } = await api.get('/api/v1/workflows/as-json/versions');
    expect(body.items).toMatchObject([{ format: 'json', source: json }]);
    for (const type of ['application/yaml', 'application/x-yaml', 'text/yaml; charset=utf-8']) {
      expect((await api.post('/api/v1/workflows', HELLO, { 'content-type': type })).status).toBe(200);
    }
  });

  it('is saved once by many who save it at once', async () => {
    const text = HELLO.replace('name: hello', 'name: popular');
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.save(text)));
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    expect(new Set(answers.map((answer) => `${answer.body.id} ${answer.body.latestVersion}`)).size).toBe(1);
  });

  it('is listed in pages', async () => {
    const names: string[] = [];
    for (let after: string | undefined = ''; after !== undefined; ) {
      const { body } = await api.get(`/api/v1/workflows?limit=1${after === '' ? '' : `&after=${after}`}`);
      names.push(...body.items.map((item: { name: string }) => item.name));
      after = body.next;
    }
    expect(names).toEqual(['as-json', 'hello', 'popular']);
  });

  it('leaves who did what in the audit log', async () => {
    await api.post('/api/v1/workflows', HELLO.replace('name: hello', 'name: audited'), {
      'content-type': 'text/yaml',
      'x-sluice-actor': 'ada',
      'x-correlation-id': 'abc-1',
    });
    const rows = await api.database.dataSource.query(`SELECT * FROM audit_log WHERE actor = 'ada'`);
    expect(rows).toMatchObject([
      {
        action: 'workflow.create',
        object_type: 'workflow',
        correlation_id: 'abc-1',
        after: { name: 'audited', version: 1 },
      },
    ]);
  });

  describe('that calls others', () => {
    const calling = (name: string, ...calls: string[]) => `
sluice: 1
name: ${name}
stages:
  main:
    steps:
${calls.map((call, at) => `      call-${at}: { workflow: { ${call} } }`).join('\n')}
`;
    const called = async (name: string) => {
      const [row] = await api.database.dataSource.query(
        `SELECT v.plan FROM workflow_versions v JOIN workflows w ON w.id = v.workflow_id
         WHERE w.name = $1 AND v.version = w.latest_version`,
        [name],
      );
      return row.plan.nodes
        .filter((node: { kind: string }) => node.kind === 'workflow')
        .map((node: { workflow: string; version: number }) => [node.workflow, node.version]);
    };

    it('means the latest version that there is when it is saved', async () => {
      const child = calling('child').replace('steps:\n', 'steps: { a: { set: { n: 1 } } }');
      await api.save(child);
      const parent = calling('parent', 'name: child', 'name: child, version: 1');
      expect((await api.save(parent)).status).toBe(201);
      expect(await called('parent')).toEqual([
        ['child', 1],
        ['child', 1],
      ]);
      await api.save(child.replace('n: 1', 'n: 2'));
      expect((await api.save(parent)).body).toMatchObject({ latestVersion: 2 });
      expect(await called('parent')).toEqual([
        ['child', 2],
        ['child', 1],
      ]);
      expect((await api.save(parent)).body).toMatchObject({ latestVersion: 2 });
    });

    it('means the version that an alias names when it is saved, or that was published as what it says', async () => {
      const child = (n: number) => calling('named').replace('steps:\n', `steps: { a: { set: { n: ${n} } } }`);
      const path = '/api/v1/workflows/named';
      const publish = (number: number, version: string) =>
        api.post(`${path}/versions/${number}/publish`, { version, reason: 'x' });
      const setStable = (version: number) => api.put(`${path}/aliases/stable`, { version, reason: 'x' });
      for (const n of [1, 2, 3]) await api.save(child(n));
      await publish(1, '1.0.0+first');
      await publish(2, '1.1.0');
      await setStable(1);
      const calls = ['stable', 'latest', '1.0.0', '1.1.0+any'].map((each) => `name: named, version: ${each}`);
      const parent = calling('by-name', ...calls, 'name: named');
      expect((await api.save(parent)).status).toBe(201);
      const pinned = [1, 2, 1, 2, 3].map((number) => ['named', number]);
      expect(await called('by-name')).toEqual(pinned);
      await setStable(2);
      expect(await called('by-name')).toEqual(pinned);
      expect((await api.save(parent)).body).toMatchObject({ latestVersion: 2 });
      expect(await called('by-name')).toEqual([2, 2, 1, 2, 3].map((number) => ['named', number]));
    });

    it('is refused where what it names is unknown or a draft', async () => {
      await api.save(calling('draft-only').replace('steps:\n', 'steps: { a: { set: { n: 1 } } }'));
      const text = calling(
        'hopeful',
        'name: draft-only, version: latest',
        'name: draft-only, version: 1.0.0',
        'name: draft-only, version: stable',
        'name: draft-only, version: 1',
        'name: draft-only, version: v1.0.0',
      );
      const { status, body } = await api.save(text);
      expect(status).toBe(422);
      expect(body.findings.map(({ code, line }: { code: string; line: number }) => [code, line])).toEqual([
        ['workflow-version-unpublished', 7],
        ['workflow-version-unpublished', 8],
        ['workflow-version-unpublished', 9],
        ['value-not-allowed', 11],
      ]);
    });

    it('is refused where one of them is not there, together with all else that is wrong', async () => {
      const text = calling(
        'lost',
        'name: nowhere',
        'name: nowhere, nam: x',
        'name: lost',
        'name: lost, version: 9',
      );
      const { status, body } = await api.save(text);
      expect(status).toBe(422);
      expect(body.findings.map(({ code, line }: { code: string; line: number }) => [code, line])).toEqual([
        ['workflow-unknown', 7],
        ['workflow-unknown', 8],
        ['key-unknown', 8],
        ['workflow-unknown', 10],
      ]);
      expect((await api.get('/api/v1/workflows/lost')).status).toBe(404);
    });
  });

  describe('refuses', () => {
    it.each([
      ['what is not YAML', 'a: [', 422, 'definition-invalid'],
      ['an unknown key', HELLO.replace('description:', 'descripton:'), 422, 'definition-invalid'],
      [
        'an unknown action',
        HELLO.replace('set: { text', 'uses: no/such, with: { text'),
        422,
        'definition-invalid',
      ],
      ['nothing', '', 400, 'body-missing'],
      ['white space', ' \n', 400, 'body-missing'],
      ['2 MiB', 'x'.repeat(2 << 20), 413, 'body-too-large'],
    ])('%s', async (_, text, status, code) => {
      const answer = await api.save(text);
      expect(answer).toMatchObject({
        status,
        body: { code, type: `https://sluice.dev/problems/${code}`, status },
      });
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      if (code === 'definition-invalid') {
        expect(answer.body.findings).toEqual([
          expect.objectContaining({
            line: expect.any(Number),
            column: expect.any(Number),
            hint: expect.any(String),
          }),
        ]);
      }
    });

    it('another media type, and none', async () => {
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'nonsense',
      ]) {
        const answer = await api.post('/api/v1/workflows', HELLO, { 'content-type': type });
        expect(answer).toMatchObject({ status: 415, body: { code: 'media-type-unsupported' } });
      }
    });

    it('a __proto__ key, a NUL, and what is not UTF-8', async () => {
      const proto =
        '{"sluice":1,"name":"p","__proto__":{"x":1},"stages":{"a":{"steps":{"b":{"set":{"x":1}}}}}}';
      expect(await api.post('/api/v1/workflows', proto)).toMatchObject({
        body: { code: 'definition-invalid' },
      });
      const nul = HELLO.replace('hello $', 'a\\0b $');
      expect(await api.save(nul)).toMatchObject({ status: 422 });
      const response = await fetch(`${api.url}/api/v1/workflows`, {
        method: 'POST',
        headers: { ...api.authorization, 'content-type': 'text/yaml' },
        body: new Uint8Array([0x61, 0xff]),
      });
      expect(await response.json()).toMatchObject({ status: 400, code: 'body-malformed' });
    });

    it.each(['nobody', '00000000-0000-4000-8000-000000000000', "x'; DROP TABLE runs; --", '%00', '..%2f..'])(
      'to find %s',
      async (id) => {
        const answer = await api.get(`/api/v1/workflows/${id.startsWith('%') ? id : encodeURIComponent(id)}`);
        expect(answer).toMatchObject({ status: 404, body: { code: 'workflow-not-found' } });
      },
    );

    it.each(['limit=0', 'limit=201', 'limit=x', 'limit=1&limit=2', 'limit=', 'color=red', 'after='])(
      'the query %s',
      async (query) => {
        const answer = await api.get(`/api/v1/workflows?${query}`);
        expect(answer).toMatchObject({ status: 400, body: { code: 'request-invalid' } });
      },
    );
  });
});
