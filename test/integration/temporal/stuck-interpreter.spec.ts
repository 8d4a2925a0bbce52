import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { QUEUES } from '#contracts/names.js';
import { compressingCodec } from '#temporal/payload-codec.js';
import { createTestNamespace, requireTemporalAddress } from '../../temporal.js';
import type * as workflows from './stuck/workflows.js';

const DIST = new URL('../../../dist/test/integration/temporal/stuck/', import.meta.url);
const address = requireTemporalAddress();

let folder: string;
let namespace: string;
let connection: Connection;
let client: Client;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-stuck-'));
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('workflows.js', DIST)),
    logger: new DefaultLogger('WARN'),
  });
  await writeFile(join(folder, 'bundle.js'), code);
  namespace = await createTestNamespace(address);
  connection = await Connection.connect({ address });
  client = new Client({ connection, namespace, dataConverter: { payloadCodecs: [compressingCodec] } });
}, 60_000);

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await connection.close();
  await rm(folder, { recursive: true, force: true });
});

async function startWorker(limit: 'limited' | 'unlimited'): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('worker.js', DIST)), [
    address,
    namespace,
    join(folder, 'bundle.js'),
    limit,
  ]);
  children.add(child);
  const [answer] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as unknown[];
  expect(answer).toBe('ready');
  return child;
}

function start(type: keyof typeof workflows, ...args: string[]) {
  return client.workflow.start(type, { workflowId: `stuck-${type}`, taskQueue: QUEUES.orchestration, args });
}

it('ends a worker whose workflows never end their turn, and confines such a run where calls are limited', async () => {
  const first = await startWorker('unlimited');
  const end = once(first, 'message');
  const exit = once(first, 'exit');
  const spinning = await start('spin');
  expect((await end)[0]).toBe('interpreter-stuck');
  expect((await exit)[0]).toBe(1);

  await startWorker('limited');
  const greeting = await start('greet', 'you');
  expect(await greeting.result()).toBe('hello, you');
  expect((await spinning.describe()).status.name).toBe('RUNNING');
}, 90_000);
