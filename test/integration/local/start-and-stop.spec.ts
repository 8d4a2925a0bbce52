import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMIN_KEY_FILE } from '#contracts/rest/api-keys.js';
import type { Page } from '#contracts/rest/page.js';
import type { RunView } from '#contracts/rest/runs.js';
import type { ProcessIdentity } from '../../../libs/host/process.js';
import {
  createSite,
  LocalPlatform,
  processesOf,
  removeSite,
  type Site,
  waitUntil,
} from './local-platform.js';

let site: Site;
let platform: LocalPlatform;

beforeAll(async () => {
  site = await createSite();
  platform = new LocalPlatform(site);
  await platform.ready();
});
afterAll(async () => {
  await platform?.interrupt();
  await waitUntil(() => processesOf(site).length === 0);
  removeSite(site);
});

const SLOW = `
sluice: 1
name: slow
stages:
  only:
    steps:
      sleep:
        uses: command/run
        with: { run: [sh, -c, "sleep 1; echo awake"] }
        timeout: 1m
        retry: { attempts: 5, delay: 100ms }
`;

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const key = readFileSync(join(site.home, ADMIN_KEY_FILE), 'utf8').trim();
  const response = await fetch(`http://127.0.0.1:${site.env['SLUICE_PORT']}/api/v1${path}`, {
    ...init,
    headers: { ...init.headers, authorization: `Bearer ${key}` },
  });
  return (await response.json()) as T;
}

async function post<T>(path: string, type: string, body: string): Promise<T> {
  return await ask<T>(path, { method: 'POST', headers: { 'content-type': type }, body });
}

async function listRuns(): Promise<string[]> {
  const { items } = await ask<Page<RunView>>('/runs');
  return items.map(({ id, status }) => `${id} ${status}`);
}

function recordedProcesses(): Record<string, ProcessIdentity> {
  return JSON.parse(readFileSync(join(site.home, 'local.json'), 'utf8')).processes;
}

describe('the local platform', () => {
  it('starts again what is killed, and the run under way succeeds', async () => {
    const workflow = await post<{ id: string }>('/workflows', 'application/yaml', SLOW);
    const { id } = await post<RunView>(`/workflows/${workflow.id}/execute`, 'application/json', '{}');
    await waitUntil(async () => (await ask<RunView>(`/runs/${id}`)).status === 'running');
    const names = ['worker', 'api', 'temporal', 'postgres'];
    const before = recordedProcesses();
    for (const name of names) process.kill((before[name] as ProcessIdentity).pid, 'SIGKILL');

    for (const name of names) {
      await platform.waitForText(`! ${name} ended (SIGKILL); starting it again\n`);
      await platform.waitForText(`! ${name} runs again\n`);
    }
    await waitUntil(async () => (await listRuns().catch((): string[] => [])).includes(`${id} succeeded`));
    for (const name of names) expect(recordedProcesses()[name]).not.toEqual(before[name]);
  });

  it('refuses a second start on its data', async () => {
    const second = new LocalPlatform(site);
    expect(await second.ended).toBe(1);
    expect(second.printed).toContain(`Sluice runs already on ${site.home}`);
    expect(second.printed).toContain('set SLUICE_HOME and the ports for a second one');
  });

  it('leaves nothing at Ctrl-C, and has its runs after the next start', async () => {
    const runs = await listRuns();
    expect(runs).not.toEqual([]);
    expect(await platform.interrupt()).toBe(0);
    expect(processesOf(site)).toEqual([]);
    expect(platform.printed).toContain(`Stopped. The data stays in ${site.home}`);

    platform = new LocalPlatform(site);
    await platform.ready();
    expect(await listRuns()).toEqual(runs);
  });

  it.each(['the launcher', "the launcher's parent"])('leaves nothing when %s is killed', async (whom) => {
    const { launcher } = JSON.parse(readFileSync(join(site.home, 'local.json'), 'utf8'));
    process.kill(whom === 'the launcher' ? launcher.pid : platform.pid, 'SIGKILL');
    await waitUntil(() => processesOf(site).length === 0);

    platform = new LocalPlatform(site);
    await platform.ready();
  });
});

describe('a start that cannot succeed', () => {
  it.each([
    ['SLUICE_PORT', 'meant for the API'],
    ['SLUICE_TEMPORAL_PORT', 'meant for Temporal'],
    ['SLUICE_UI_PORT', "meant for Temporal's Web UI"],
  ])('says that the port of %s is in use, and leaves nothing', async (variable, meant) => {
    const other = await createSite();
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(Number(other.env[variable]), '127.0.0.1', resolve);
    });
    // No Postgres of its own: that is not what is tried here.
    const started = new LocalPlatform(other, { DATABASE_URL: process.env['TEST_DATABASE_URL'] as string });
    expect(await started.ended).toBe(1);
    expect(started.printed).toContain(`Port ${other.env[variable]}, ${meant}, is in use.`);
    expect(started.printed).toContain(`or choose another port with ${variable}.`);
    expect(processesOf(other)).toEqual([]);
    server.close();
    removeSite(other);
  });

  it.each([
    [{ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }, 'unset it to have one provided'],
    [{ DATABASE_URL: 'nonsense' }, 'unset it to have one provided'],
    [{ TEMPORAL_ADDRESS: '127.0.0.1:1' }, 'unset it to have a server provided'],
    [{ SLUICE_PROT: '1' }, 'Did you mean "SLUICE_PORT"?'],
    [{ SLUICE_PORT: 'web' }, 'a whole number from 0 to 65535'],
    [{ SLUICE_PORT: '7777', SLUICE_UI_PORT: '7777' }, 'another port than SLUICE_PORT'],
    [{ SLUICE_HOME: '/proc/sluice' }, 'Set SLUICE_HOME to a folder that you may write'],
  ])('says the cure for %j, without a stack', async (env, cure) => {
    const other = await createSite();
    const started = new LocalPlatform(other, {
      DATABASE_URL: process.env['TEST_DATABASE_URL'] as string,
      ...env,
    });
    expect(await started.ended).toBe(1);
    expect(started.printed).toContain(cure);
    expect(started.printed).not.toMatch(/^ +at /m);
    expect(processesOf(other)).toEqual([]);
    removeSite(other);
  });
});
