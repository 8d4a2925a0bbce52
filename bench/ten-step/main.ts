import { performance } from 'node:perf_hooks';
import type { Client } from '@temporalio/client';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { INTERPRETER, QUEUES, workflowIdOf } from '#contracts/names.js';
import type { InterpretInput } from '#contracts/run.js';
import { compile } from '#domain/plan/compile.js';
import type { Plan } from '#domain/plan/plan.js';
import { readDefinition } from '#domain/validation/validate.js';
import { RunRepository } from '#persistence/repositories/run-repository.js';
import { WorkflowRepository } from '#persistence/repositories/workflow-repository.js';
import { createUuidV7 } from '#persistence/uuid-v7.js';
import { median, percentile } from '../statistics.js';
import { TEN_STEP_DEFINITION } from './definition.js';
import { type Laboratory, openLaboratory } from './laboratory.js';

/*
 * One job of ten steps in five levels, as a definition and as a workflow written by hand, in turn on the same worker
 * and server; once with steps that go by a queue, once with inline ones. Prints latency (one run at a time), throughput (BATCH runs at once) and events in the history, each with
 * the ratio of the two.
 */
const WARM_UP = 10;
const PAIRS = Number(process.env['BENCH_PAIRS'] ?? 60);
const BATCHES = 4;
const BATCH = 50;

type Form = 'definition' | 'hand-written';

/** How the steps run: as activities by a queue, or as local activities in the worker that interprets. */
type Way = 'queued' | 'inline';

interface Job {
  readonly laboratory: Laboratory;
  readonly workflowId: string;
  readonly plan: Plan;
  readonly way: Way;
}

const progress = (message: string): void => void process.stderr.write(`${message}\n`);
const laboratory = await openLaboratory(progress);
try {
  const prepared = await prepare(laboratory);
  for (const way of ['queued', 'inline'] as const) {
    const job: Job = { ...prepared, way, plan: way === 'inline' ? prepared.plan : queued(prepared.plan) };
    const ids = await insertRuns(job, 2 * (WARM_UP + PAIRS + BATCHES * BATCH));
    const next = (): string => ids.pop()!;
    progress(`${way}: latency …`);
    const latency = await measureLatency(job, next);
    progress(`${way}: throughput …`);
    const throughput = await measureThroughput(job, next);
    report(way, latency, throughput);
  }
} finally {
  await laboratory.close();
}
process.exit();

/** The plan of a catalogue whose actions are not inline. */
function queued(plan: Plan): Plan {
  return {
    ...plan,
    nodes: plan.nodes.map((node) => {
      if (node.kind !== 'uses') return node;
      const { inline: _, ...others } = node;
      return others;
    }),
  };
}

async function prepare(at: Laboratory): Promise<Omit<Job, 'way'>> {
  const { definition, findings } = readDefinition(TEN_STEP_DEFINITION, ACTIONS);
  if (definition === undefined) throw new Error(JSON.stringify(findings));
  const plan = compile(definition, ACTIONS);
  const { workflow } = await at.dataSource.transaction((manager) =>
    new WorkflowRepository(manager).save({
      project: 'default',
      name: definition.name,
      description: undefined,
      source: TEN_STEP_DEFINITION,
      format: 'yaml',
      plan,
      inputs: {},
      createdBy: 'bench',
    }),
  );
  return { laboratory: at, workflowId: workflow.id, plan };
}

/** Both forms record their attempts, so both need a row to record them under. */
async function insertRuns(
  { laboratory: at, workflowId }: Omit<Job, 'way'>,
  count: number,
): Promise<string[]> {
  const ids = Array.from({ length: count }, () => createUuidV7());
  await at.dataSource.transaction(async (manager) => {
    const runs = new RunRepository(manager);
    for (const id of ids) {
      await runs.insert({
        id,
        project: 'default',
        workflowId,
        version: 1,
        startedBy: 'bench',
        inputs: {},
        idempotencyKey: undefined,
        requestDigest: '',
        total: 15,
      });
    }
  });
  return ids;
}

async function runOnce({ laboratory: { client }, plan, way }: Job, form: Form, id: string): Promise<void> {
  const run = {
    id,
    workflow: plan.name,
    version: 1,
    trigger: 'api',
    startedBy: 'bench',
    startedAt: new Date().toISOString(),
  };
  const common = { workflowId: workflowIdOf(id), taskQueue: QUEUES.orchestration };
  if (form === 'definition') {
    const input: InterpretInput = { plan, inputs: {}, run, project: 'default' };
    await client.workflow.execute(INTERPRETER, { ...common, args: [input] });
  } else {
    const type = way === 'inline' ? 'tenLocalSteps' : 'tenStepJob';
    await client.workflow.execute(type, { ...common, args: [run] });
  }
}

interface Latency {
  readonly samples: Readonly<Record<Form, readonly number[]>>;
  /** Of each run; how often the worker is asked depends on which step ends first, and so do they. */
  readonly events: Readonly<Record<Form, readonly number[]>>;
}

async function measureLatency(job: Job, next: () => string): Promise<Latency> {
  const samples: Record<Form, number[]> = { definition: [], 'hand-written': [] };
  const events: Record<Form, number[]> = { definition: [], 'hand-written': [] };
  for (let pair = -WARM_UP; pair < PAIRS; pair++) {
    // Who goes first changes, so that neither always finds the server warm.
    const order: Form[] = pair % 2 === 0 ? ['definition', 'hand-written'] : ['hand-written', 'definition'];
    for (const form of order) {
      const id = next();
      const began = performance.now();
      await runOnce(job, form, id);
      if (pair >= 0) samples[form].push(performance.now() - began);
      events[form].push(await countEvents(job.laboratory.client, id));
    }
  }
  return { samples, events };
}

async function countEvents(client: Client, id: string): Promise<number> {
  return (await client.workflow.getHandle(workflowIdOf(id)).fetchHistory()).events?.length ?? 0;
}

/** Runs per second of each batch. */
async function measureThroughput(job: Job, next: () => string): Promise<Record<Form, number[]>> {
  const rates: Record<Form, number[]> = { definition: [], 'hand-written': [] };
  for (let batch = 0; batch < BATCHES; batch++) {
    for (const form of ['definition', 'hand-written'] as const) {
      const began = performance.now();
      await Promise.all(Array.from({ length: BATCH }, () => runOnce(job, form, next())));
      rates[form].push((BATCH * 1000) / (performance.now() - began));
    }
  }
  return rates;
}

function report(way: Way, latency: Latency, rates: Record<Form, number[]>): void {
  const { samples, events } = latency;
  const pairs = samples.definition.map((ms, at) => ms / samples['hand-written'][at]!);
  const row = (name: string, value: (form: Form) => number, digits: number, ratio?: number): object => ({
    steps: way,
    figure: name,
    definition: value('definition').toFixed(digits),
    'hand-written': value('hand-written').toFixed(digits),
    ratio: (ratio ?? value('definition') / value('hand-written')).toFixed(3),
  });
  const rows = [
    row('latency, median (ms)', (form) => median(samples[form]), 1),
    row('latency, p95 (ms)', (form) => percentile(samples[form], 0.95), 1),
    row('latency, median of the pairs’ ratios', (form) => median(samples[form]), 1, median(pairs)),
    row('throughput (runs/s)', (form) => median(rates[form]), 1),
    row('events in the history, median', (form) => median(events[form]), 1),
    row('events in the history, fewest', (form) => Math.min(...events[form]), 0),
  ];
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else console.table(rows);
}
