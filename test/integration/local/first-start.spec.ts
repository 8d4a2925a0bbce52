import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../postgres.js';
import { requireTemporalAddress } from '../../temporal.js';
import { HELLO } from '../api/api-fixture.js';
import { main, surroundings } from './local-platform.js';

const KEY = /sluice_[0-9a-z]{16}_[0-9a-z]{59}/;
const GITLAB = { type: 'gitlab' };
const SECRET = '0123456789abcdef0123456789abcdef';

/** The API alone, started as a person does: nobody listens on an IPC channel. */
describe('the first start of the API alone', () => {
  let database: TestDatabase;
  let home: string;
  let child: ChildProcess | undefined;
  let closed: Promise<unknown> = Promise.resolve();
  /** By the process that was started last; whole once it was stopped. */
  let printed = '';

  beforeAll(async () => {
    database = await createTestDatabase();
    home = mkdtempSync(join(tmpdir(), 'sluice-first-'));
  });
  afterEach(() => stop());
  afterAll(async () => {
    await database?.close();
    rmSync(home, { recursive: true, force: true });
  });

  const stop = async () => {
    child?.kill('SIGTERM');
    await closed;
  };

  /** Its address once it is ready; undefined where it ended before. */
  const start = (env: Readonly<Record<string, string>>) =>
    new Promise<string | undefined>((resolve) => {
      printed = '';
      child = spawn(process.execPath, [main('apps/api/main')], {
        env: {
          ...surroundings(),
          DATABASE_URL: database.url,
          TEMPORAL_ADDRESS: requireTemporalAddress(),
          SLUICE_PORT: '0',
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (text: string) => {
          printed += text;
          const ready = /"url":"([^"]+)".*the API is ready/.exec(printed);
          if (ready !== null) resolve(ready[1]);
        });
      }
      closed = new Promise((end) => child!.once('close', end));
      void closed.then(() => resolve(undefined));
    });

  it('makes the key of the administrator, shows it once, and takes it from then on', async () => {
    await start({ SLUICE_HOME: home });
    await stop();
    const key = KEY.exec(printed)?.[0];
    const file = join(home, 'admin.key');
    expect(readFileSync(file, 'utf8')).toBe(`${key}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const url = await start({ SLUICE_HOME: home });
    const response = await fetch(`${url}/api/v1/users/me`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(await response.json()).toMatchObject({ actor: 'local', everywhere: ['admin'] });
    await stop();
    expect(printed).not.toMatch(KEY);
  });

  it('keeps secrets by that key, and can use them after the next start', async () => {
    const ask = async (url: string | undefined, path: string, body?: string) => {
      const authorization = `Bearer ${readFileSync(join(home, 'admin.key'), 'utf8').trim()}`;
      const type = body?.startsWith('{') ? 'application/json' : 'application/yaml';
      const init = body === undefined ? {} : { method: 'POST', body };
      const response = await fetch(`${url}${path}`, {
        ...init,
        headers: { authorization, 'content-type': type },
      });
      return (await response.json()) as Readonly<Record<string, string>>;
    };
    const url = await start({ SLUICE_HOME: home });
    await ask(url, '/api/v1/workflows', HELLO);
    const action = { type: 'start', workflow: 'hello' };
    const hook = await ask(url, '/api/v1/webhooks', JSON.stringify({ name: 'hook', scheme: GITLAB, action }));
    expect(hook).toMatchObject({ secret: expect.any(String) });
    await stop();
    expect(printed).not.toContain(hook['secret']);
    const again = await start({ SLUICE_HOME: home });
    const delivered = await fetch(`${again}${hook['path']}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-gitlab-token': hook['secret']! },
      body: '{}',
    });
    expect(delivered.status).toBe(202);
  });

  it('is none where other machines reach it and there is no secret', async () => {
    const url = await start({ SLUICE_HOME: join(home, 'open'), SLUICE_HOST: '0.0.0.0' });
    expect([url, child?.exitCode]).toEqual([undefined, 1]);
    expect(printed).toMatch(/SLUICE_AUTH_SECRET must be set/);
  });

  it('is silent there about the key, which only the first start makes', async () => {
    const empty = await createTestDatabase();
    const env = { SLUICE_HOST: '0.0.0.0', SLUICE_AUTH_SECRET: SECRET, DATABASE_URL: empty.url };
    expect(await start({ ...env, SLUICE_HOME: join(home, 'one') })).toBeDefined();
    await stop();
    expect(printed).not.toMatch(KEY);
    expect(readFileSync(join(home, 'one', 'admin.key'), 'utf8')).toMatch(KEY);
    expect(await start({ ...env, SLUICE_HOME: join(home, 'two') })).toBeDefined();
    expect(() => readFileSync(join(home, 'two', 'admin.key'))).toThrow(/ENOENT/);
    await stop();
    await empty.close();
  });
});
