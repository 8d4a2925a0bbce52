import { setTimeout as sleep } from 'node:timers/promises';
import { workflowIdOf } from '#contracts/names.js';
import { requireLaboratory, tell } from '../laboratory/laboratory.js';
import { insertRuns, type Job, runOnce, storeJob } from '../laboratory/runs.js';
import { printRows, type Row } from '../report.js';
import { percentile } from '../statistics.js';
import { TEN_STEP_DEFINITION } from '../ten-step/definition.js';
import { POISONS } from './poisons.js';

/*
 * Latency of healthy runs, the ten-step job one at a time, while runs that take all they can get go beside them on the
 * same worker; one kind of poison after the other, each between two measurements without any.
 */
const SAMPLES = 40;
const WARM_UP = 20;
/** Poisoned runs at once; as one ends, the next begins. */
const AT_ONCE = 2;
/** For poison to be under way. */
const HEAD_START_MS = 500;

async function measureHealthy(job: Job, count: number): Promise<number[]> {
  const times: number[] = [];
  for (const id of await insertRuns(job, count)) times.push(await runOnce(job, id));
  return times;
}

/** Keeps poisoned runs going until it is stopped; answers then with how many ended. */
function spread(poison: Job): { stop(): Promise<number> } {
  let stopped = false;
  let ended = 0;
  const running = new Set<string>();
  async function goOn(): Promise<void> {
    while (!stopped) {
      const [id] = (await insertRuns(poison, 1)) as [string];
      running.add(id);
      try {
        await runOnce(poison, id);
        ended++;
      } catch (error) {
        if (!stopped) throw error;
      } finally {
        running.delete(id);
      }
    }
  }
  const all = Promise.all(Array.from({ length: AT_ONCE }, goOn));
  // Told when it is stopped.
  all.catch(() => undefined);
  return {
    async stop() {
      stopped = true;
      for (const id of running) await terminate(poison, id);
      await all;
      return ended;
    },
  };
}

async function terminate({ laboratory: { client } }: Job, id: string): Promise<void> {
  await client.workflow
    .getHandle(workflowIdOf(id))
    .terminate('the measurement is over')
    // It has just ended by itself.
    .catch(() => undefined);
}

function rowsOf(name: string, without: readonly number[], beside: readonly number[]): Row[] {
  return [0.5, 0.95].map((p) => {
    const [ours, reference] = [percentile(beside, p), percentile(without, p)];
    return {
      figure: `beside ${name}: latency (ms), p${p * 100}`,
      value: ours.toFixed(0),
      aim: p === 0.95 ? 'ratio ≤ 2' : '',
      reference: `${reference.toFixed(0)} without`,
      ratio: (ours / reference).toFixed(2),
    };
  });
}

const laboratory = await requireLaboratory();
const worker = await laboratory.startWorker();
const healthy = await storeJob(laboratory, TEN_STEP_DEFINITION);
await measureHealthy(healthy, WARM_UP);
const rows: Row[] = [];
for (const [name, text] of Object.entries(POISONS)) {
  if (!name.includes(process.env['BENCH_POISON'] ?? '')) continue;
  const poison = await storeJob(laboratory, text);
  const before = await measureHealthy(healthy, SAMPLES / 2);
  const spreading = spread(poison);
  await sleep(HEAD_START_MS);
  const beside = await measureHealthy(healthy, SAMPLES);
  const ended = await spreading.stop();
  await worker.settle();
  const after = await measureHealthy(healthy, SAMPLES / 2);
  const measured = rowsOf(name, [...before, ...after], beside);
  tell(`poison: ${name}: ${ended} of them ended meanwhile, ${measured.map(({ ratio }) => ratio)}`);
  rows.push(...measured);
}
const peak = await worker.readPeakMemory();
rows.push({
  figure: 'the worker’s memory at most (MiB), all of these one after the other',
  value: peak.toFixed(0),
  aim: '',
  reference: '',
  ratio: '',
});
await worker.stop();
printRows('poison', rows);
