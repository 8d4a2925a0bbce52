import { performance } from 'node:perf_hooks';
import { requireLaboratory, tell } from '../laboratory/laboratory.js';
import {
  countEvents,
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
import { median, percentile } from '../statistics.js';
import { TEN_STEP_DEFINITION } from './definition.js';

/*
 * One job of ten steps in five levels, as a definition and as a workflow written by hand, in turn on the same worker
 * and servers; once with steps that go by a queue, once with inline ones. Latency (one run at a time), throughput
 * (BATCH runs at once), events in the history.
 */
const WARM_UP = 10;
const PAIRS = 60;
const BATCHES = 4;
const BATCH = 50;

const HAND_WRITTEN: Readonly<Record<Way, HandWritten>> = {
  queued: { type: 'tenStepJob' },
  inline: { type: 'tenLocalSteps' },
};

interface Contest {
  readonly job: Job;
  run(form: Form, id: string): Promise<number>;
  nextId(): string;
}

interface Latency {
  readonly samples: Readonly<Record<Form, readonly number[]>>;
  /** Of each run; how often the worker is asked depends on which step ends first, and so do they. */
  readonly events: Readonly<Record<Form, readonly number[]>>;
}

async function measureLatency({ job, run, nextId }: Contest): Promise<Latency> {
  const samples: Record<Form, number[]> = { definition: [], 'hand-written': [] };
  const events: Record<Form, number[]> = { definition: [], 'hand-written': [] };
  for (let pair = -WARM_UP; pair < PAIRS; pair++) {
    // Who goes first changes, so that neither always finds the server warm.
    for (const form of pair % 2 === 0 ? FORMS : FORMS.toReversed()) {
      const id = nextId();
      const ms = await run(form, id);
      if (pair >= 0) samples[form].push(ms);
      events[form].push(await countEvents(job, id));
    }
  }
  return { samples, events };
}

/** Runs per second of each batch. */
async function measureThroughput({ run, nextId }: Contest): Promise<Record<Form, number[]>> {
  const rates: Record<Form, number[]> = { definition: [], 'hand-written': [] };
  for (let batch = 0; batch < BATCHES; batch++) {
    for (const form of batch % 2 === 0 ? FORMS : FORMS.toReversed()) {
      const began = performance.now();
      await Promise.all(Array.from({ length: BATCH }, () => run(form, nextId())));
      rates[form].push((BATCH * 1000) / (performance.now() - began));
    }
  }
  return rates;
}

function rowsOf(way: Way, { samples, events }: Latency, rates: Record<Form, number[]>): Row[] {
  const row = (figure: string, aim: string, [ours, theirs]: [number, number], ratio: number): Row => ({
    figure: `${way}: ${figure}`,
    value: ours.toFixed(1),
    aim,
    reference: `${theirs.toFixed(1)} hand-written`,
    ratio: ratio.toFixed(3),
  });
  const both = (of: (form: Form) => number): [number, number] => [of('definition'), of('hand-written')];
  const plain = (figure: string, aim: string, values: [number, number]): Row =>
    row(figure, aim, values, values[0] / values[1]);
  const pairs = samples.definition.map((ms, at) => ms / samples['hand-written'][at]!);
  return [
    row(
      'latency (ms), median, and of the pairs’ ratios',
      'ratio ≤ 1.05',
      both((form) => median(samples[form])),
      median(pairs),
    ),
    plain(
      'latency (ms), p95',
      '',
      both((form) => percentile(samples[form], 0.95)),
    ),
    plain(
      'throughput (runs/s)',
      way === 'inline' ? 'ratio ≥ 1' : 'ratio ≥ 0.95',
      both((form) => median(rates[form])),
    ),
    plain(
      'events in the history, median',
      'at most 1 more',
      both((form) => median(events[form])),
    ),
    plain(
      'events in the history, fewest',
      '',
      both((form) => Math.min(...events[form])),
    ),
  ];
}

const laboratory = await requireLaboratory();
const worker = await laboratory.startWorker();
const stored = await storeJob(laboratory, TEN_STEP_DEFINITION);
const rows: Row[] = [];
for (const way of WAYS) {
  const job = goingBy(way, stored);
  const ids = await insertRuns(job, 2 * (WARM_UP + PAIRS + BATCHES * BATCH));
  const contest: Contest = {
    job,
    run: (form, id) => runOnce(job, id, form === 'definition' ? undefined : HAND_WRITTEN[way]),
    nextId: () => ids.pop()!,
  };
  tell(`ten-step, ${way}: latency …`);
  const latency = await measureLatency(contest);
  tell(`ten-step, ${way}: throughput …`);
  rows.push(...rowsOf(way, latency, await measureThroughput(contest)));
}
await worker.stop();
printRows('ten-step', rows);
