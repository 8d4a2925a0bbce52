import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunView } from '#contracts/rest/runs.js';
import { PostgresRunRecorder } from '#persistence/run-recorder.js';
import { createTestKey, HIGH_RATES } from '../access.js';
import { HELLO } from '../integration/api/api-fixture.js';
import { createTestDatabase, type TestDatabase } from '../postgres.js';
import { TestProcess } from '../process.js';
import { createTestNamespace, requireTemporalAddress } from '../temporal.js';
import type { SocketsTold } from './open-sockets.js';

/** That the process takes, and that ask. Both processes need so many file descriptors. */
const ROOM = 4_000;
const ASKING = 10_000;

let database: TestDatabase;
let api: TestProcess;
let home: string;
let url: string;
let authorization: string;
let run: string;

beforeAll(async () => {
  const address = requireTemporalAddress();
  database = await createTestDatabase();
  home = await mkdtemp(join(tmpdir(), 'sluice-sockets-'));
  api = new TestProcess('apps/api/main.js', {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: await createTestNamespace(address),
    SLUICE_LOG_LEVEL: 'error',
    SLUICE_HOME: home,
    ...HIGH_RATES,
    SLUICE_PORT: '0',
    SLUICE_STREAMS: String(ROOM),
    SLUICE_CALLER_STREAMS: String(ROOM),
  });
  url = (await api.start()).url!;
  authorization = `Bearer ${await createTestKey(database.dataSource)}`;
  await ask('/api/v1/workflows', { headers: { 'content-type': 'application/yaml' }, body: HELLO });
  const started = await ask('/api/v1/workflows/hello/execute', { body: '{}' });
  run = ((await started.json()) as RunView).id;
});
afterAll(async () => {
  await api?.stop();
  await database?.close();
  await rm(home, { recursive: true, force: true });
});

const ask = (path: string, { headers = {}, ...rest }: RequestInit) =>
  fetch(url + path, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', ...headers },
    ...rest,
  });

async function readMemory(): Promise<number> {
  const status = await readFile(`/proc/${api.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

function openSockets(count: number): ChildProcess {
  const file = fileURLToPath(new URL('../../dist/test/hostile/open-sockets.js', import.meta.url));
  return fork(file, [`${url.replace('http', 'ws')}/ws/workflow/${run}`, authorization, String(count)], {
    execArgv: [],
  });
}

const tell = async (child: ChildProcess, request: string): Promise<SocketsTold> => {
  const answer = once(child, 'message');
  child.send(request);
  return (await answer)[0] as SocketsTold;
};

describe('10,000 WebSockets', () => {
  it('are taken as far as there is room; the others are refused with the reason, and all else goes on', async () => {
    const before = await readMemory();
    const child = openSockets(ASKING);
    const [opened] = (await once(child, 'message')) as [SocketsTold];
    expect(opened).toMatchObject({ open: ROOM, refused: { '503 too-many-streams': ASKING - ROOM } });
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect((await fetch(`${url}/api/v1/runs/${run}`, { headers: { authorization } })).status).toBe(200);

    const recorder = new PostgresRunRecorder(database.dataSource);
    await recorder.record({
      transitions: [
        { run, transitions: [{ sequence: 2, at: 1_790_000_000_000, step: 'say', status: 'running' }] },
      ],
    });
    expect((await tell(child, 'news')).news).toBe(ROOM);
    // Some 30 KiB for each connection.
    expect((await readMemory()) - before).toBeLessThan(400);

    // Half of them go without a word; there is room again.
    await tell(child, 'cut half');
    const more = openSockets(ROOM / 2);
    const [again] = (await once(more, 'message')) as [SocketsTold];
    expect(again.open + (again.refused['503 too-many-streams'] ?? 0)).toBe(ROOM / 2);
    expect(again.open).toBeGreaterThan(0);
    more.disconnect();
    await once(more, 'exit');

    await recorder.record({
      results: [
        {
          run,
          result: { status: 'succeeded' },
          endedAt: 1_790_000_000_100,
          sequence: 100,
          steps: {},
          actions: {},
        },
      ],
    });
    expect((await tell(child, 'closed')).closed).toEqual({ 1000: ROOM / 2, 1006: ROOM / 2 });
    child.disconnect();
    await once(child, 'exit');
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  });
});
