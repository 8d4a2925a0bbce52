import { performance } from 'node:perf_hooks';
import { requireLaboratory, tell } from '../laboratory/laboratory.js';
import {
  FORMS,
  type Form,
  goingBy,
  type HandWritten,
  insertRuns,
  type Job,
  runOnce,
  storeJob,
  WAYS,
  type Way,
} from '../laboratory/runs.js';
import { printRows, type Row } from '../report.js';
import { TEN_STEP_DEFINITION } from '../ten-step/definition.js';

/*
 * The ten-step job a thousand times at once on one worker and one Temporal, as a definition and as a workflow written
 * by hand, each on a fresh worker. All must succeed, and what is recorded must say so.
 */
const RUNS = 1_000;
const WARM_UP = 20;

const HAND_WRITTEN: Readonly<Record<Way, HandWritten>> = {
  queued: { type: 'tenStepJob' },
  inline: { type: 'tenLocalSteps' },
};

interface Outcome {
  readonly rate: number;
  readonly peak: number;
}

async function measure(job: Job, handWritten?: HandWritten): Promise<Outcome> {
  const worker = await job.laboratory.startWorker();
  const runAll = (ids: readonly string[]) => Promise.all(ids.map((id) => runOnce(job, id, handWritten)));
  await runAll(await insertRuns(job, WARM_UP));
  const ids = await insertRuns(job, RUNS);
  const began = performance.now();
  await runAll(ids);
  const rate = (RUNS * 1_000) / (performance.now() - began);
  await worker.settle();
  await requireRecorded(job, ids, handWritten === undefined);
  const peak = await worker.readPeakMemory();
  await worker.stop();
  return { rate, peak };
}

/** Throws unless every attempt was recorded, and with it, where there is one, the end of every run. */
async function requireRecorded({ laboratory }: Job, ids: readonly string[], withEnd: boolean): Promise<void> {
  const [counts] = await laboratory.dataSource.query(
    `SELECT (SELECT count(*)::integer FROM step_attempts WHERE run_id = ANY($1) AND status = 'succeeded') AS attempts,
            (SELECT count(*)::integer FROM runs WHERE id = ANY($1) AND status = 'succeeded') AS runs`,
    [ids],
  );
  const expected = { attempts: RUNS * 10, runs: withEnd ? RUNS : 0 };
  if (JSON.stringify(counts) !== JSON.stringify(expected))
    throw new Error(`recorded: ${JSON.stringify(counts)}, expected: ${JSON.stringify(expected)}`);
}

function rowsOf(way: Way, outcomes: Readonly<Record<Form, Outcome>>): Row[] {
  const { definition: ours, 'hand-written': theirs } = outcomes;
  return [
    {
      figure: `${way}: throughput (runs/s)`,
      value: ours.rate.toFixed(1),
      aim: 'ratio ≥ 0.95',
      reference: `${theirs.rate.toFixed(1)} hand-written`,
      ratio: (ours.rate / theirs.rate).toFixed(2),
    },
    {
      figure: `${way}: the worker’s memory at most (MiB)`,
      value: ours.peak.toFixed(0),
      aim: '< 1024',
      reference: `${theirs.peak.toFixed(0)} hand-written`,
      ratio: (ours.peak / theirs.peak).toFixed(2),
    },
  ];
}

const laboratory = await requireLaboratory();
const stored = await storeJob(laboratory, TEN_STEP_DEFINITION);
const rows: Row[] = [];
for (const way of WAYS) {
  const job = goingBy(way, stored);
  const outcomes: Partial<Record<Form, Outcome>> = {};
  for (const form of FORMS) {
    tell(`thousand-runs, ${way}: ${form} …`);
    outcomes[form] = await measure(job, form === 'definition' ? undefined : HAND_WRITTEN[way]);
  }
  rows.push(...rowsOf(way, outcomes as Record<Form, Outcome>));
}
printRows('thousand-runs', rows);
