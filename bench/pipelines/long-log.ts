import { setTimeout as sleep } from 'node:timers/promises';
import { type Laboratory, tell } from '../laboratory/laboratory.js';
import type { Row } from '../report.js';
import type { PipelinePlatform } from './platform.js';
import { type Recorded, until, watchRecorded } from './recorded.js';

/* The log of a job that failed, taken by the step that ran its pipeline: the time, and what of the worker's memory is for it. */
const SHORT_BYTES = 2 ** 20;
const LONG_BYTES = 100 * SHORT_BYTES;
/** Of the short one: a worker needs some for whatever it does first. */
const WARM_UP = 3;
const LIMIT_MS = 120_000;

interface Taken {
  readonly ms: number;
  /** The most memory that the worker held meanwhile, in MiB. */
  readonly peak: number;
}

export async function measureLogs(laboratory: Laboratory, platform: PipelinePlatform): Promise<Row[]> {
  await platform.connectHook();
  const recorded = await watchRecorded(laboratory);
  tell('pipelines: logs of 1 MB …');
  let short = await take(platform, recorded, SHORT_BYTES);
  for (let turn = 1; turn < WARM_UP; turn++) short = await take(platform, recorded, SHORT_BYTES);
  tell('pipelines: a log of 100 MB …');
  const long = await take(platform, recorded, LONG_BYTES);
  await recorded.close();
  const read = await readAlone(platform);
  return [
    {
      figure: 'a log of 100 MB: the worker’s memory at most (MiB)',
      value: long.peak.toFixed(0),
      aim: 'flat: ratio ≤ 1.3',
      reference: `${short.peak.toFixed(0)} with one of 1 MB`,
      ratio: (long.peak / short.peak).toFixed(2),
    },
    {
      figure: 'a log of 100 MB: from the end of the job to that of the step (ms)',
      value: long.ms.toFixed(0),
      aim: '',
      reference: `${read.toFixed(0)} as fetch that drops it`,
      ratio: (long.ms / read).toFixed(1),
    },
  ];
}

async function take(
  { fake, worker, startRuns }: PipelinePlatform,
  recorded: Recorded,
  bytes: number,
): Promise<Taken> {
  const { executions } = fake;
  const known = executions.list.length;
  const [run = ''] = await startRuns(1);
  await until('it is started', LIMIT_MS, () => executions.list.length > known);
  const { id } = executions.list.at(-1)!;
  await sleep(500);
  executions.jobOf(id, 'test').log.fill(bytes);
  executions.advance(id, 'running');
  await sleep(1_000);
  await worker.resetPeakMemory();
  const began = Date.now();
  executions.advance(id, 'failed');
  await until('the step is over', LIMIT_MS, () => recorded.ends.has(run));
  return { ms: recorded.steps.get(run)! - began, peak: await worker.readPeakMemory() };
}

/** Milliseconds that it takes to read the same log and do nothing with it. */
async function readAlone({ fake }: PipelinePlatform): Promise<number> {
  const { id } = fake.executions.list.at(-1)!;
  const began = performance.now();
  const [token] = Object.values(fake.secrets);
  const path = `/repos/acme/app/actions/jobs/${fake.executions.jobOf(id, 'test').id}/logs`;
  const moved = await fetch(fake.url + path, {
    headers: { authorization: `Bearer ${token}` },
    redirect: 'manual',
  });
  const { body } = await fetch(moved.headers.get('location')!);
  let size = 0;
  for await (const part of body!) size += part.length;
  if (size !== LONG_BYTES) throw new Error(`the log has ${size} bytes`);
  return performance.now() - began;
}
