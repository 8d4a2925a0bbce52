import { createDataSource } from '#persistence/data-source.js';
import { migrate } from '#persistence/migrate.js';
import { type BenchRequest, measureLoad } from '../api/load.js';
import { type BenchServer, startApi, startBare } from '../api/server.js';
import { requireLaboratory, tell } from '../laboratory/laboratory.js';
import { printRows, type Row } from '../report.js';
import { percentile } from '../statistics.js';
import { insertManyRuns } from './many-runs.js';
import { askedLists, readPlans } from './plans.js';

/*
 * Lists of a million runs: what Postgres reads for each, and how long the API takes at two hundred a second, beside
 * Fastify and pg alone reading the same rows, in turn.
 */
const RUNS = 1_000_000;
const LOAD = { rate: 200, seconds: 5 };
const ROUNDS = 2;
const WARM_UP = { rate: 100, seconds: 2 };

interface Measured {
  readonly name: string;
  readonly ours: string;
  /** Where the plain server has the like. */
  readonly bare?: string;
}

const MEASURED: readonly Measured[] = [
  { name: 'runs', ours: '/api/v1/runs', bare: '/runs' },
  { name: 'runs of a status', ours: '/api/v1/runs?status=failed', bare: '/runs?status=failed' },
  {
    name: 'runs of a workflow',
    ours: '/api/v1/runs?workflow=workflow-3',
    bare: '/runs?workflow=workflow-3',
  },
  { name: 'runs of several statuses', ours: '/api/v1/runs?status=queued,running,failed' },
  { name: 'runs by their end', ours: '/api/v1/runs?sort=-endedAt' },
  { name: 'workflows', ours: '/api/v1/workflows' },
];

function get(path: string): BenchRequest {
  return { method: 'GET', path, expect: 200 };
}

async function measure(api: BenchServer, plain: BenchServer, { name, ours, bare }: Measured): Promise<Row> {
  const times = { ours: [] as number[], bare: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    if (bare !== undefined) times.bare.push(...(await measureLoad(plain, LOAD, () => get(bare))));
    times.ours.push(...(await measureLoad(api, LOAD, () => get(ours))));
  }
  const mine = percentile(times.ours, 0.95);
  const theirs = bare === undefined ? undefined : percentile(times.bare, 0.95);
  return {
    figure: `GET ${name}, 50 of 1,000,000, at 200 a second (ms), p95`,
    value: mine.toFixed(1),
    aim: bare === undefined ? '≤ 40' : '≤ 40, ratio ≤ 2',
    reference: theirs === undefined ? '' : `${theirs.toFixed(1)} bare Fastify and pg`,
    ratio: theirs === undefined ? '' : (mine / theirs).toFixed(2),
  };
}

const laboratory = await requireLaboratory();
await laboratory.dataSource.query('CREATE DATABASE million');
const url = new URL(laboratory.databaseUrl);
url.pathname = '/million';
const dataSource = await createDataSource(url.href, { poolSize: 2 }).initialize();
const rows: Row[] = [];
try {
  await migrate(dataSource);
  tell('lists: a million runs …');
  await insertManyRuns(dataSource, RUNS);
  tell('lists: what each reads …');
  const wrong: string[] = [];
  let most = 0;
  for (const list of await askedLists(dataSource)) {
    const plans = await readPlans(dataSource, list);
    const read = plans.reduce((sum, plan) => sum + plan.rows, 0);
    most = Math.max(most, read / list.most);
    if (read > list.most || plans.some(({ whole }) => whole.length > 0))
      wrong.push(`${list.name}: ${read} rows`);
  }
  rows.push({
    figure: 'lists that read a growing table from end to end, or more rows than they need',
    value: wrong.length === 0 ? '0' : wrong.join('; '),
    aim: '0',
    reference: `the most that one reads of what it may`,
    ratio: most.toFixed(2),
  });
  const api = await startApi(laboratory, url.href);
  const plain = await startBare(url.href);
  try {
    // What is measured is an API that has been up for a while.
    for (const { ours } of [...MEASURED, ...MEASURED]) await measureLoad(api, WARM_UP, () => get(ours));
    for (const measured of MEASURED) {
      tell(`lists: ${measured.name} …`);
      rows.push(await measure(api, plain, measured));
    }
  } finally {
    await plain.stop();
    await api.stop();
  }
} finally {
  await dataSource.destroy();
}
printRows('lists', rows);
