import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROLES } from '../../../apps/api/auth/permissions.js';
import { createTestKey } from '../../access.js';
import { codesIn, findTables, readDocument, sectionOf } from '../../docs/markdown.js';
import { type ApiFixture, createApiFixture, HELLO } from './api-fixture.js';

/** Who asks: with a role in the project, with another role only, with all roles in another project, without a key. */
const CALLERS = [...ROLES, 'release-lead', 'of another project', 'nobody'] as const;

type Cell = '✓' | '*' | 'own' | 'all' | '';

/** By `METHOD /path`, in the order of ROLES: what docs/access.md says, which this test holds true. */
const EXPECTED = readExpected();

function readExpected(): ReadonlyMap<string, readonly Cell[]> {
  const table = findTables(sectionOf(readDocument('docs/access.md'), '## Roles'))[0]!;
  const rows = table.flatMap((row) => {
    const cells = row.slice(1, 1 + ROLES.length).map((cell) => cell.replaceAll('`', '') as Cell);
    return codesIn(row.at(-1)!).map((request) => [request, cells] as const);
  });
  const twice = rows.map(([request]) => request).filter((each, at, all) => all.indexOf(each) !== at);
  if (twice.length > 0) throw new Error(`docs/access.md has twice: ${twice.join(', ')}`);
  return new Map(rows);
}

const DOOR = ['credentials-missing', 'credentials-invalid', 'permission-missing', 'project-not-found'];

/** The code of the refusal at the door; `in` for whatever comes after it. */
function expectedFor(cells: readonly Cell[], caller: (typeof CALLERS)[number]): string {
  const [kind] = cells.filter((cell) => cell !== '');
  if (kind === 'all') return 'in';
  if (caller === 'nobody') return 'credentials-missing';
  if (kind === 'own') return 'in';
  if (kind === '*') return 'permission-missing';
  if (caller === 'of another project') return 'project-not-found';
  const at = (ROLES as readonly string[]).indexOf(caller);
  return cells[at] === '✓' ? 'in' : 'permission-missing';
}

describe('role × route', () => {
  let api: ApiFixture;
  let operations: { readonly request: string; readonly method: string; readonly path: string }[];
  const keys = new Map<string, string>();

  beforeAll(async () => {
    api = await createApiFixture();
    const { dataSource } = api.database;
    await dataSource.query(`INSERT INTO projects (name, created_by) VALUES ('other', 'test')`);
    for (const caller of CALLERS.slice(0, -1)) {
      const [roles, project] = caller === 'of another project' ? [ROLES, 'other'] : [[caller], 'default'];
      const name = caller.replaceAll(' ', '-');
      keys.set(caller, `Bearer ${await createTestKey(dataSource, { name, roles, projects: [project] })}`);
    }
    const { body } = await api.get('/docs-json');
    operations = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({
        request: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path: path.replace(/\{id\}/g, '00000000-0000-4000-8000-000000000000').replace(/\{\w+\}/g, 'nothing'),
      })),
    );
  });
  afterAll(() => api?.close());

  const ask = async (method: string, path: string, authorization: string | undefined, project?: string) => {
    const response = await fetch(api.url + path, {
      method,
      headers: {
        ...(authorization !== undefined && { authorization }),
        ...(project !== undefined && { 'x-sluice-project': project }),
        ...(method !== 'GET' && method !== 'DELETE' && { 'content-type': 'application/json' }),
      },
      ...(method !== 'GET' && method !== 'DELETE' && { body: '{}' }),
    });
    const text = await response.text();
    const { code = '' } = /json(?!l)/.test(response.headers.get('content-type') ?? '')
      ? (JSON.parse(text) as { code?: string })
      : {};
    return { status: response.status, code, challenge: response.headers.get('www-authenticate') };
  };

  it('is written down in docs/access.md for every operation, and for no other', () => {
    expect([...EXPECTED.keys()].sort()).toEqual(operations.map(({ request }) => request).sort());
  });

  it.each(CALLERS)('%s', async (caller) => {
    const wrong: object[] = [];
    // Of the projects, each sees its own.
    const seen = caller === 'of another project' ? 'other' : 'default';
    for (const { request, method, path } of operations) {
      const expected = expectedFor(EXPECTED.get(request)!, caller);
      const own = request === 'GET /api/v1/projects/{name}' ? `/api/v1/projects/${seen}` : path;
      const { status, code, challenge } = await ask(method, own, keys.get(caller), 'default');
      const found = DOOR.includes(code) ? code : 'in';
      const challenged = found === 'in' || (status === 401) === (challenge !== null);
      if (found !== expected || status >= 500 || !challenged) wrong.push({ request, expected, status, code });
    }
    expect(wrong).toEqual([]);
  });

  it('an administrator of all projects does what belongs to none', async () => {
    for (const { request, method, path } of operations) {
      if (!EXPECTED.get(request)!.includes('*')) continue;
      const { code } = await ask(method, path, api.authorization.authorization);
      expect([request, DOOR.includes(code) && code !== 'project-not-found']).toEqual([request, false]);
    }
  });

  it('says in the description which permission each operation needs, and how to get in', async () => {
    const { body } = await api.get('/docs-json', { authorization: '' });
    const described = Object.entries(body.paths as Record<string, Record<string, Record<string, unknown>>>);
    for (const [path, methods] of described) {
      for (const [method, operation] of Object.entries(methods)) {
        const isPublic = EXPECTED.get(`${method.toUpperCase()} ${path}`)!.includes('all');
        // What is public may have credentials of its own.
        const bearer = [operation['security'] ?? []]
          .flat()
          .some((each) => Object.hasOwn(each as object, 'bearer'));
        expect([path, method, bearer]).toEqual([path, method, !isPublic]);
        expect([path, 'x-sluice-permission' in operation]).toEqual([path, !isPublic]);
      }
    }
  });
});

describe('what is in another project', () => {
  let api: ApiFixture;
  beforeAll(async () => {
    api = await createApiFixture();
  });
  afterAll(() => api?.close());

  it('is not found by its id, in neither direction, though the caller is administrator of its own', async () => {
    const { dataSource } = api.database;
    await dataSource.query(`INSERT INTO projects (name, created_by) VALUES ('other', 'test')`);
    const other = { authorization: `Bearer ${await createTestKey(dataSource, { projects: ['other'] })}` };
    const { body: workflow } = await api.save(HELLO);
    const { body: run } = await api.post(`/api/v1/workflows/${workflow.id}/execute`, {});
    for (const path of [
      `/workflows/${workflow.id}`,
      `/workflows/hello/versions/1`,
      `/runs/${run.id}`,
      `/runs/${run.id}/steps`,
    ]) {
      expect([path, (await api.get(`/api/v1${path}`)).status !== 404]).toEqual([path, true]);
      expect([path, (await api.get(`/api/v1${path}`, other)).status]).toEqual([path, 404]);
    }
    expect(await api.post(`/api/v1/runs/${run.id}/cancel`, {}, other)).toMatchObject({ status: 404 });
    expect(await api.get('/api/v1/runs', other)).toMatchObject({ status: 200, body: { items: [] } });
    expect(await api.get('/api/v1/workflows', other)).toMatchObject({ body: { items: [] } });
    expect(await api.get('/api/v1/runs', { ...other, 'x-sluice-project': 'default' })).toMatchObject({
      status: 404,
      body: { code: 'project-not-found' },
    });
    // The same name is free there.
    const yaml = { ...other, 'content-type': 'application/yaml' };
    expect((await api.post('/api/v1/workflows', HELLO, yaml)).body).toMatchObject({
      project: 'other',
      name: 'hello',
    });
  });
});
