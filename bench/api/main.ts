import { requireLaboratory, tell } from '../laboratory/laboratory.js';
import { printRows, type Row } from '../report.js';
import { percentile } from '../statistics.js';
import { type BenchRequest, hammer, measureLoad } from './load.js';
import { type BenchServer, startApi, startBare } from './server.js';

/*
 * Starts of runs at fifty a second, beside Fastify and pg alone writing the same rows, in turn; and the memory of the API
 * over a hundred thousand requests of several kinds.
 */
const LOAD = { rate: 50, seconds: 8 };
const ROUNDS = 2;
const REQUESTS = 100_000;
const WARM_UP = 20_000;

const DEFINITION = `
sluice: 1
name: bench-start
inputs:
  who: { type: string, default: world }
stages:
  all:
    steps:
      say: { set: { text: "hello \${{ inputs.who }}" } }
`;

const INPUTS = { who: 'somebody else' };

function ours(): BenchRequest {
  const path = '/api/v1/workflows/bench-start/execute';
  return { method: 'POST', path, body: JSON.stringify({ inputs: INPUTS }), expect: 202 };
}

function bare(): BenchRequest {
  const body = JSON.stringify({ workflow: 'bench-start', inputs: INPUTS });
  return { method: 'POST', path: '/execute', body, expect: 202 };
}

async function save(api: BenchServer): Promise<void> {
  const answer = await fetch(`${api.url}/api/v1/workflows`, {
    method: 'POST',
    headers: { ...api.headers, 'content-type': 'application/yaml' },
    body: DEFINITION,
  });
  if (!answer.ok) throw new Error(await answer.text());
}

async function measureStarts(api: BenchServer, plain: BenchServer): Promise<Row[]> {
  const times = { ours: [] as number[], bare: [] as number[] };
  await measureLoad(api, { rate: 50, seconds: 2 }, ours);
  await measureLoad(plain, { rate: 50, seconds: 2 }, bare);
  for (let round = 0; round < ROUNDS; round++) {
    times.bare.push(...(await measureLoad(plain, LOAD, bare)));
    times.ours.push(...(await measureLoad(api, LOAD, ours)));
  }
  return [0.5, 0.95].map((p) => {
    const [mine, theirs] = [percentile(times.ours, p), percentile(times.bare, p)];
    return {
      figure: `POST /execute at 50 a second (ms), p${p * 100}`,
      value: mine.toFixed(1),
      aim: p === 0.95 ? '≤ 40, ratio ≤ 2' : '',
      reference: `${theirs.toFixed(1)} bare Fastify and pg`,
      ratio: (mine / theirs).toFixed(2),
    };
  });
}

/** Reads of several kinds, one of them refused, and definitions that are checked. */
const MIX: readonly BenchRequest[] = [
  { method: 'GET', path: '/api/v1/workflows', expect: 200 },
  { method: 'GET', path: '/api/v1/runs?limit=5', expect: 200 },
  { method: 'GET', path: '/api/v1/workflows/bench-start', expect: 200 },
  { method: 'GET', path: '/api/v1/runs?sort=color', expect: 400 },
  { method: 'POST', path: '/api/v1/workflows/bench-start/plan', body: '{"inputs":{}}', expect: 200 },
];

async function measureMemory(api: BenchServer): Promise<Row> {
  await hammer(api, { count: WARM_UP, atOnce: 20 }, MIX);
  const before = await api.readMemory();
  await hammer(api, { count: REQUESTS, atOnce: 20 }, MIX);
  const after = await api.readMemory();
  return {
    figure: `memory of the API after ${REQUESTS} requests more (MiB)`,
    value: after.toFixed(0),
    aim: 'flat: ratio ≤ 1.1',
    reference: `${before.toFixed(0)} after ${WARM_UP}`,
    ratio: (after / before).toFixed(2),
  };
}

const laboratory = await requireLaboratory();
const api = await startApi(laboratory, laboratory.databaseUrl);
const plain = await startBare(laboratory.databaseUrl);
try {
  await save(api);
  tell('api: starts …');
  const rows = await measureStarts(api, plain);
  tell('api: memory …');
  printRows('api', [...rows, await measureMemory(api)]);
} finally {
  await plain.stop();
  await api.stop();
}
