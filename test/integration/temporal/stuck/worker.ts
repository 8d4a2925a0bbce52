import { readFile } from 'node:fs/promises';
import { isSluiceError } from '#domain/errors.js';
import { startWorkers, type WorkersOptions } from '#temporal/worker/start-workers.js';

/* A worker of the queue of workflows as a process, with workflows of a test; sends the code of the error with which it ends. */

const [address, namespace, bundleFile, limited] = process.argv.slice(2) as [string, string, string, string];

// Workflows of a test need nothing else of the world.
const workers = await startWorkers({
  address,
  namespace,
  queues: ['orchestration'],
  workerId: 'test',
  bundle: { code: await readFile(bundleFile, 'utf8') },
  sandboxLimited: limited === 'limited',
  encryptionKeys: [],
  recording: { recordTransitions: () => undefined, recordResult: () => undefined },
  actions: {},
  world: { objects: {} },
  log: () => undefined,
} as unknown as WorkersOptions);

process.once('disconnect', () => process.exit());
process.send?.('ready');
await workers.done.catch((error: unknown) => {
  process.send?.(isSluiceError(error) ? error.code : String(error), () => process.exit(1));
});
