import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { aProblem } from '../testing/problems.js';
import { runCommand } from '../testing/run-command.js';

let server: ContractServer;

beforeEach(async () => {
  server = await startContractServer({});
});

afterEach(() => server.close());

const sluice = (...argv: string[]) =>
  runCommand({ argv: ['integrations', ...argv], env: { SLUICE_URL: server.url } });

const INTEGRATION = {
  id: '1',
  name: 'builds',
  platform: 'github',
  baseUrl: 'https://api.github.com/\u001b[2J',
  auth: { type: 'token', secret: 'env:SLUICE_SECRET_BUILDS' },
  options: {},
  status: 'active',
  revision: 1,
  sync: [{ project: 'acme/app', pipeline: 'build.yml' }],
};
const HEALTH = { state: 'healthy', checkedAt: '2026-11-22T10:00:00.000Z', ms: 5, missing: [] };

describe('sluice integrations', () => {
  it('lists and shows them', async () => {
    const off = { ...INTEGRATION, name: 'off', status: 'disabled' };
    server.script.answers = {
      'GET /integrations': { items: [{ ...INTEGRATION, health: HEALTH }, off] },
      'GET /integrations/builds': { ...INTEGRATION, hook: { path: '/hooks/integrations/1' }, health: HEALTH },
    };
    const listed = await sluice('list');
    expect(listed).toMatchObject({ code: 0, err: '' });
    expect(listed.out).toMatch(
      /builds +github +healthy +https:\/\/api.github.com\/␛\[2J\noff +github +disabled/,
    );
    const shown = await sluice('get', 'builds');
    expect(shown.out).toContain('acme/app#build.yml');
    expect(shown.out).toContain('/hooks/integrations/1');
    expect(JSON.parse((await sluice('get', 'builds', '--json')).out)).toMatchObject({ name: 'builds' });
    server.script.answers = { 'GET /integrations': { items: [] } };
    expect((await sluice('list')).out).toContain('sluice integrations set');
  });

  it('changes one that is there, and connects one that is not', async () => {
    server.script.answers = { 'PATCH /integrations/builds': INTEGRATION, 'POST /integrations': INTEGRATION };
    const folder = await mkdtemp(join(tmpdir(), 'sluice-cli-integrations-'));
    const authorities = join(folder, 'ca.pem');
    await writeFile(authorities, 'PEM');
    const argv = ['set', 'builds', '--platform', 'github', '--auth', 'token', '--secret', 'env:S'];
    const more = [
      '--watch',
      'acme/app',
      'acme/site#build.yml',
      '--option',
      'deep=true',
      'name=x',
      '--authorities',
      authorities,
    ];
    const body = {
      auth: { type: 'token', secret: 'env:S' },
      sync: [{ project: 'acme/app' }, { project: 'acme/site', pipeline: 'build.yml' }],
      options: { deep: true, name: 'x' },
      authorities: 'PEM',
    };
    expect(await sluice(...argv, ...more)).toMatchObject({
      code: 0,
      out: expect.stringContaining('integration builds is with github'),
    });
    // The platform stays.
    expect(JSON.parse(server.received.at(-1)!.body)).toEqual(body);
    server.script.refusals = {
      'PATCH /integrations/builds': aProblem({ code: 'integration-not-found', status: 404 }),
    };
    expect((await sluice(...argv, ...more)).code).toBe(0);
    expect(server.received.at(-1)!.route).toBe('POST /integrations');
    expect(JSON.parse(server.received.at(-1)!.body)).toEqual({ ...body, name: 'builds', platform: 'github' });
    await rm(folder, { recursive: true });
  });

  it.each([
    [HEALTH, 0, 'integration builds is healthy (5 ms).\n'],
    [
      { ...HEALTH, account: 'bot', version: '1.2' },
      0,
      'integration builds is healthy as bot, version 1.2 (5 ms).\n',
    ],
    [
      { ...HEALTH, state: 'lacking', missing: ['a\u001b'] },
      1,
      'integration builds is lacking (5 ms).\nmissing: a␛\n',
    ],
    [{ ...HEALTH, state: 'unhealthy', message: 'No.' }, 1, 'integration builds is unhealthy (5 ms). No.\n'],
  ])('tests: %j', async (health, code, out) => {
    server.script.answers = { 'POST /integrations/builds/test': health };
    expect(await sluice('test', 'builds')).toEqual({ code, err: '', out });
  });

  it('discovers', async () => {
    server.script.answers = {
      'GET /integrations/builds/discover/projects': {
        items: [{ name: 'acme/app', title: 'App', defaultBranch: 'main' }],
        next: 'p2',
      },
      'GET /integrations/builds/discover/inputs': {
        items: [{ name: 'level', type: 'choice', required: true, choices: ['a', 'b'], default: 'a' }],
      },
    };
    expect((await sluice('discover', 'builds', 'projects', '--text', 'ac')).out).toMatch(
      /acme\/app +main +App\nthere are more: --after p2/,
    );
    expect(server.received.at(-1)!.query.get('text')).toBe('ac');
    expect(
      (await sluice('discover', 'builds', 'inputs', '--of', 'acme/app', '--pipeline', 'b.yml')).out,
    ).toMatch(/level +a \| b +required +"a"/);
    expect(Object.fromEntries(server.received.at(-1)!.query)).toEqual({
      project: 'acme/app',
      pipeline: 'b.yml',
    });
  });

  it('syncs, gives a secret, and removes', async () => {
    server.script.answers = {
      'POST /integrations/builds/sync': { at: 'now', executions: 3 },
      'POST /integrations/builds/hook': {
        ...INTEGRATION,
        hook: { path: '/hooks/integrations/1' },
        secret: 'abc',
      },
      'DELETE /integrations/builds': undefined,
    };
    expect(await sluice('sync', 'builds')).toMatchObject({
      code: 0,
      out: 'integration builds: 3 executions.\n',
    });
    expect((await sluice('hook', 'builds')).out).toBe(
      `github brings events to ${server.url}/hooks/integrations/1\nsecret, shown this once: abc\n`,
    );
    expect(await sluice('delete', 'builds')).toMatchObject({
      code: 0,
      out: 'integration builds is removed\n',
    });
    server.script.answers = {
      'POST /integrations/builds/sync': {
        at: 'now',
        executions: 1,
        code: 'platform-not-found',
        message: 'No x.',
      },
    };
    expect(await sluice('sync', 'builds')).toMatchObject({ code: 1 });
  });

  it.each([
    ['set', 'x', '--auth', 'magic'],
    ['set', 'x', '--option', 'novalue'],
    ['set', 'x', '--authorities', '/nowhere/at/all.pem'],
    ['discover', 'x', 'wishes'],
    ['discover', 'x', 'branches'],
    ['test'],
  ])('refuses %j %j %j %j', async (...argv) => {
    expect((await sluice(...argv)).code).toBe(2);
  });
});
