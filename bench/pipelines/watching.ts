import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { SignedRequest } from '#connectors/webhooks/verify-signature.js';
import { type Laboratory, tell } from '../laboratory/laboratory.js';
import { startProgram } from '../laboratory/program.js';
import type { Row } from '../report.js';
import { percentile } from '../statistics.js';
import { bring, type PipelinePlatform, tokenOf } from './platform.js';
import { until, watchRecorded } from './recorded.js';

/*
 * Two hundred pipelines that one worker watches with the pace that it has by itself: what it asks the platform, and what it
 * works, first without webhooks, then with them; and how soon a step's result stands in the store once they end.
 */
const PIPELINES = 200;
/** Those that began together ask together at first. */
const WARM_UP_MS = 30_000;
const ALONE_MS = 60_000;
/** Between two questions after a pipeline that webhooks tell of, at least: in this time there is one of each. */
const TOLD_MS = 120_000;
const TELLING_MS = 5_000;
const ENDING_MS = 20_000;
const LIMIT_MS = 60_000;

interface Watched {
  /** Requests to the platform for a pipeline in ten seconds. */
  readonly requests: number;
  /** Part of one processor that the worker takes. */
  readonly processor: number;
}

export async function measureWatching(laboratory: Laboratory, platform: PipelinePlatform): Promise<Row[]> {
  const { executions } = platform.fake;
  tell(`pipelines: ${PIPELINES} are started …`);
  executions.playOn({ queuedMs: 0, runningMs: 3_600_000 });
  const runs = await platform.startRuns(PIPELINES);
  await until('all are watched', LIMIT_MS, async () => (await countRunning(laboratory)) === PIPELINES);
  await sleep(WARM_UP_MS);
  tell(`pipelines: ${ALONE_MS / 1_000} s without webhooks …`);
  const alone = await watch(platform, ALONE_MS, undefined);
  tell(`pipelines: ${TOLD_MS / 1_000} s with webhooks …`);
  await platform.connectHook();
  const told = await watch(platform, TOLD_MS, (id) => executions.advance(id, 'running'));
  tell('pipelines: all end …');
  const ends = await measureEnds(laboratory, platform, runs);
  tell('pipelines: the bare server …');
  const bare = await measureBare(laboratory, platform);
  return [
    ...rowsOfWatching('without webhooks', '≤ 1', alone),
    ...rowsOfWatching('with webhooks', '≤ 0.1', told),
  ].concat(
    [0.5, 0.95].map((share) => ({
      figure: `from a webhook to the step’s result recorded (ms), p${share * 100}`,
      value: percentile(ends, share).toFixed(0),
      aim: share === 0.95 ? '≤ 500' : '',
      reference: `${percentile(bare, share).toFixed(0)} bare Fastify and pg`,
      ratio: (percentile(ends, share) / percentile(bare, share)).toFixed(1),
    })),
  );
}

function rowsOfWatching(how: string, aim: string, { requests, processor }: Watched): Row[] {
  return [
    {
      figure: `${PIPELINES} pipelines ${how}: requests for each in 10 s`,
      value: requests.toFixed(3),
      aim,
      reference: '',
      ratio: '',
    },
    {
      figure: `${PIPELINES} pipelines ${how}: the worker’s part of a processor`,
      value: `${(processor * 100).toFixed(1)} %`,
      aim: '',
      reference: '',
      ratio: '',
    },
  ];
}

/** Requests that are about an execution count from when `tell`, called with its id, was called for it. */
async function watch(
  platform: PipelinePlatform,
  ms: number,
  tell: ((id: string) => void) | undefined,
): Promise<Watched> {
  const { fake, worker } = platform;
  const [first, processor, began] = [fake.requests.length, await worker.readProcessorTime(), Date.now()];
  const since = new Map<string, number>();
  const tellOf = (id: string) => {
    since.set(id, fake.requests.length);
    tell?.(id);
  };
  if (tell !== undefined) await spread(TELLING_MS, tellOf, idsOf(platform));
  await sleep(began + ms - Date.now());
  const passed = Date.now() - began;
  const counted = fake.requests.filter(({ path }, index) => {
    const [, id = ''] = /\/runs\/(\d+)/.exec(path) ?? [];
    return index >= (since.get(id) ?? first);
  });
  return {
    requests: (counted.length * 10_000) / passed / PIPELINES,
    processor: ((await worker.readProcessorTime()) - processor) / passed,
  };
}

/** Milliseconds from each webhook that tells of an end to the moment at which the step's is recorded. */
async function measureEnds(
  laboratory: Laboratory,
  platform: PipelinePlatform,
  runs: readonly string[],
): Promise<number[]> {
  const recorded = await watchRecorded(laboratory);
  const sent = new Map<string, number>();
  const end = (id: string) => {
    sent.set(id, Date.now());
    platform.fake.executions.advance(id, 'succeeded');
  };
  await spread(ENDING_MS, end, idsOf(platform));
  await until('all ended', LIMIT_MS, () => runs.every((run) => recorded.ends.has(run)));
  await recorded.close();
  const rows: { readonly run: string; readonly id: string }[] = await laboratory.dataSource.query(
    'SELECT run_id AS run, external_id AS id FROM pipeline_executions WHERE run_id = ANY($1)',
    [runs],
  );
  return rows.map(({ run, id }) => recorded.steps.get(run)! - sent.get(id)!);
}

/** The same of a server that does only what must be done. */
async function measureBare(laboratory: Laboratory, { fake }: PipelinePlatform): Promise<number[]> {
  const server = await startProgram<{ readonly url: string }>(
    fileURLToPath(new URL('./bare.js', import.meta.url)),
    {
      DATABASE_URL: laboratory.databaseUrl,
      BARE_PLATFORM: fake.url,
      BARE_TOKEN: tokenOf(fake),
      BARE_SECRET: fake.webhookSecret,
    },
  );
  const answers: Promise<number>[] = [];
  fake.onWebhook = (delivery) => void answers.push(time(`${server.ready.url}/hook`, delivery));
  const ids = fake.executions.list.map(({ id }) => id);
  await spread(ENDING_MS / 2, (id) => fake.executions.advance(id, 'succeeded'), ids);
  const times = await Promise.all(answers);
  fake.onWebhook = undefined;
  await server.stop();
  return times;
}

async function time(url: string, delivery: SignedRequest): Promise<number> {
  const began = performance.now();
  await bring(url, delivery);
  return performance.now() - began;
}

function idsOf({ fake }: PipelinePlatform): readonly string[] {
  return fake.executions.list.map(({ id }) => id);
}

/** Does it with each, one after the other, over that time. */
async function spread(ms: number, act: (id: string) => void, ids: readonly string[]): Promise<void> {
  const began = Date.now();
  for (const [index, id] of ids.entries()) {
    await sleep(Math.max(0, began + (ms * index) / ids.length - Date.now()));
    act(id);
  }
}

async function countRunning({ dataSource }: Laboratory): Promise<number> {
  const [{ count }] = await dataSource.query(
    `SELECT count(*)::integer AS count FROM pipeline_executions WHERE run_id IS NOT NULL AND state = 'running'`,
  );
  return count;
}
