import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { findCredentials } from '../server/credentials.js';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { runCommand } from '../testing/run-command.js';

const ME = {
  actor: 'key:ci',
  means: 'key',
  project: 'web',
  roles: ['viewer'],
  everywhere: [],
  permissions: ['runs:read'],
};

let server: ContractServer;
let home: string;
beforeAll(async () => {
  server = await startContractServer();
});
afterAll(() => server?.close());
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sluice-cli-'));
  server.script.answers = { 'GET /users/me': ME };
  server.script.refusals = {};
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const sluice = (argv: readonly string[], more: { env?: Record<string, string>; stdin?: string } = {}) =>
  runCommand({
    argv,
    ...more,
    env: { SLUICE_URL: server.url, HOME: home, SLUICE_HOME: join(home, 'data'), ...more.env },
  });
const shown = () => server.received.at(-1)?.headers;

describe('what is shown to the server', () => {
  const keyFile = (text: string) => writeFileSync(join(home, 'admin.key'), `${text}\n`);

  it('is what the environment names, else what was kept, else the key of the machine', async () => {
    await sluice(['whoami']);
    expect(shown()?.authorization).toBeUndefined();
    keyFile('machine');
    const env = { SLUICE_HOME: home };
    await sluice(['whoami'], { env });
    expect(shown()?.authorization).toBe('Bearer machine');
    await sluice(['login'], { env, stdin: 'kept\n' });
    await sluice(['whoami'], { env });
    expect(shown()?.authorization).toBe('Bearer kept');
    await sluice(['whoami'], { env: { ...env, SLUICE_API_KEY: 'named' } });
    expect(shown()?.authorization).toBe('Bearer named');
  });

  it.each([
    ['http://127.0.0.1:3000', 'machine'],
    ['http://localhost:1', 'machine'],
    ['http://[::1]:3000', 'machine'],
    ['https://sluice.example', undefined],
    ['http://127.0.0.1.sluice.example', undefined],
    ['http://192.168.1.1:3000', undefined],
  ])('is to %s the key of the machine: %s', (url, key) => {
    keyFile('machine');
    expect(findCredentials(new URL(url), { SLUICE_HOME: home, HOME: home })).toBe(key);
  });

  it('names the project', async () => {
    await sluice(['whoami', '--project', 'web']);
    expect(shown()?.['x-sluice-project']).toBe('web');
    await sluice(['whoami'], { env: { SLUICE_PROJECT: 'api' } });
    expect(shown()?.['x-sluice-project']).toBe('api');
    expect((await sluice(['whoami', '--project', 'A b'])).code).toBe(2);
    expect((await sluice(['whoami'], { env: { SLUICE_API_KEY: 'a b' } })).code).toBe(2);
  });
});

describe('sluice login', () => {
  it('keeps a key that lets in, for its owner only, until sluice logout', async () => {
    expect(await sluice(['login'], { stdin: 'sluice_x\n' })).toMatchObject({
      code: 0,
      out: expect.stringContaining('key:ci, in the project web: viewer'),
    });
    const file = join(home, '.config/sluice/credentials.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ [server.url]: 'sluice_x' });
    expect((await sluice(['logout'])).out).toBe('forgotten\n');
    expect((await sluice(['logout'])).out).toBe('none was kept\n');
    await sluice(['whoami']);
    expect(shown()?.authorization).toBeUndefined();
  });

  it('keeps none that does not, and says so', async () => {
    const refusal = {
      type: 'x',
      title: 'No',
      status: 401,
      detail: 'The API key is not valid.',
      code: 'credentials-invalid',
      correlationId: 'c',
    };
    server.script.refusals = { 'GET /users/me': refusal };
    const { code, err } = await sluice(['login'], { stdin: 'wrong' });
    expect([code, err.includes('The API key is not valid.')]).toEqual([4, true]);
    expect((await sluice(['logout'])).out).toBe('none was kept\n');
    expect((await sluice(['login'], { stdin: ' ' })).code).toBe(2);
  });
});

describe('sluice keys', () => {
  const KEY = {
    id: '0123456789abcdef',
    name: 'ci',
    projects: ['web'],
    roles: ['operator'],
    createdBy: 'local',
    createdAt: '2026-01-01T00:00:00.000Z',
  };

  it('create prints the key alone on stdout', async () => {
    server.script.answers = { 'POST /api-keys': { ...KEY, key: 'sluice_secret' } };
    const argv = ['keys', 'create', 'ci', '--role', 'operator', 'viewer', '--in', 'web', '--reason', 'so'];
    expect(await sluice(argv)).toMatchObject({ code: 0, out: 'sluice_secret\n' });
    expect(JSON.parse(server.received.at(-1)!.body)).toEqual({
      name: 'ci',
      roles: ['operator', 'viewer'],
      projects: ['web'],
      reason: 'so',
    });
  });

  it('list and revoke', async () => {
    server.script.answers = {
      'GET /api-keys': [KEY, { ...KEY, id: 'other', revokedAt: '2026-02-01T00:00:00.000Z' }],
      'DELETE /api-keys/other': undefined,
    };
    const { out } = await sluice(['keys', 'list']);
    expect(out).toMatch(/0123456789abcdef +ci +operator +web +never/);
    expect(out).toContain('revoked 2026-02-01');
    expect((await sluice(['keys', 'revoke', 'other'])).out).toBe('key other is revoked\n');
  });

  it('exit with 5 without the right', async () => {
    const refusal = {
      type: 'x',
      title: 'You may not do this',
      status: 403,
      detail: 'This needs more.',
      code: 'permission-missing',
      correlationId: 'c',
    };
    server.script.refusals = { 'GET /api-keys': refusal };
    expect((await sluice(['keys', 'list'])).code).toBe(5);
  });
});
