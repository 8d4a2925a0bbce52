import { requireLaboratory, tell } from '../laboratory/laboratory.js';
import { printRows, type Row } from '../report.js';
import { percentile } from '../statistics.js';
import { saveHello } from './hello.js';
import { type BenchRequest, measureLoad } from './load.js';
import { type BenchServer, startApi, startBare } from './server.js';

/* Starts of runs at fifty a second, beside Fastify and pg alone writing the same rows, in turn. */
const LOAD = { rate: 50, seconds: 8 };
const ROUNDS = 2;

const INPUTS = { who: 'somebody else' };

function ours(): BenchRequest {
  const path = '/api/v1/workflows/bench-start/execute';
  return { method: 'POST', path, body: JSON.stringify({ inputs: INPUTS }), expect: 202 };
}

function bare(): BenchRequest {
  const body = JSON.stringify({ workflow: 'bench-start', inputs: INPUTS });
  return { method: 'POST', path: '/execute', body, expect: 202 };
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

const laboratory = await requireLaboratory();
const api = await startApi(laboratory, laboratory.databaseUrl);
const plain = await startBare(laboratory.databaseUrl);
try {
  await saveHello(api);
  tell('api: starts …');
  printRows('api', await measureStarts(api, plain));
} finally {
  await plain.stop();
  await api.stop();
}
