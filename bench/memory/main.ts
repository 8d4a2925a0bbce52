import { saveHello } from '../api/hello.js';
import { type BenchRequest, hammer } from '../api/load.js';
import { type BenchServer, startApi } from '../api/server.js';
import { requireLaboratory, tell } from '../laboratory/laboratory.js';
import { printRows, type Row } from '../report.js';

/* The memory of the API over a hundred thousand requests of several kinds. */
const REQUESTS = 100_000;
const WARM_UP = 20_000;

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
try {
  await saveHello(api);
  tell('memory: requests …');
  printRows('memory', [await measureMemory(api)]);
} finally {
  await api.stop();
}
