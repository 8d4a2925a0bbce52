import { PerformanceObserver, performance } from 'node:perf_hooks';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { createState, decide } from '#domain/execution/decide.js';
import type { RunEvent } from '#domain/execution/event.js';
import { compile } from '#domain/plan/compile.js';
import type { Plan } from '#domain/plan/plan.js';
import { readDefinition } from '#domain/validation/validate.js';
import { printRows, type Row } from '../report.js';
import { median, percentile } from '../statistics.js';
import { SHAPES, type Shape } from './shapes.js';

/*
 * The engine alone: runs of 1,000 and of 10,000 steps in several shapes, every action succeeding at once, oldest first.
 * Each call of `decide` is timed; those during which the collector of garbage paused are told apart.
 */
const ROUNDS = 5;
const SIZES = [1_000, 10_000] as const;

const FACTS = {
  id: 'r',
  workflow: 'w',
  version: 1,
  trigger: 'api',
  startedBy: 'bench',
  startedAt: '2026-01-01T00:00:00Z',
};

interface Run {
  /** Milliseconds of each event. */
  readonly times: readonly number[];
  /** When each began. */
  readonly began: readonly number[];
  readonly total: number;
  readonly steps: number;
}

/** Begin and end of each pause of the collector. */
const pauses: (readonly [number, number])[] = [];
const observer = new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) pauses.push([startTime, startTime + duration]);
});
observer.observe({ entryTypes: ['gc'] });

function planOf(text: string): Plan {
  const { definition, findings } = readDefinition(text, ACTIONS);
  if (definition === undefined) throw new Error(JSON.stringify(findings[0]));
  return compile(definition, ACTIONS);
}

function play(plan: Plan): Run {
  let state = createState(FACTS, {});
  const [times, began]: [number[], number[]] = [[], []];
  const queue: RunEvent[] = [{ type: 'run-started' }];
  let steps = 0;
  for (let at = 0; at < queue.length; at++) {
    const since = performance.now();
    const decision = decide(plan, state, queue[at]!, 0);
    times.push(performance.now() - since);
    began.push(since);
    state = decision.state;
    for (const command of decision.commands) {
      if (command.type !== 'run-action') continue;
      steps++;
      queue.push({ type: 'action-succeeded', step: command.step, output: { n: steps }, attempts: 1 });
    }
  }
  if (state.status !== 'succeeded') throw new Error(`the run ended ${state.status}`);
  return { times, began, total: times.reduce((sum, time) => sum + time, 0), steps };
}

function isPaused(began: number, time: number): boolean {
  return pauses.some(([from, to]) => from < began + time && to > began);
}

interface Measured {
  readonly runs: readonly Run[];
  readonly perStep: number;
}

async function measure(shape: Shape, size: number): Promise<Measured> {
  const plan = planOf(shape.write(size));
  const runs: Run[] = [];
  for (let round = -2; round < ROUNDS; round++) {
    const run = play(plan);
    if (round >= 0) runs.push(run);
  }
  // Pauses are told of after the event.
  await new Promise((resolve) => setTimeout(resolve, 20));
  return { runs, perStep: median(runs.map(({ total, steps }) => (total * 1_000) / steps)) };
}

function rowsOf(shape: Shape, [small, large]: readonly [Measured, Measured]): Row[] {
  const times = large.runs.flatMap((run) => run.times.map((time, at) => ({ time, began: run.began[at]! })));
  const apart = times
    .filter(({ time, began }) => time < 0.5 || !isPaused(began, time))
    .map(({ time }) => time);
  const all = times.map(({ time }) => time);
  const first = median(large.runs.map(({ times: [time] }) => time!));
  return [
    {
      figure: `${shape.name}: an event at most (ms)`,
      value: percentile(apart, 1).toFixed(2),
      aim: '< 1',
      reference: `${percentile(all, 1).toFixed(2)} with pauses of the collector; the first ${first.toFixed(2)}`,
      ratio: '',
    },
    {
      figure: `${shape.name}: an event, p99 (ms)`,
      value: percentile(all, 0.99).toFixed(3),
      aim: '< 1',
      reference: `${median(all).toFixed(3)} as median`,
      ratio: '',
    },
    {
      figure: `${shape.name}: a step of ${large.runs[0]!.steps.toLocaleString('en')} (µs)`,
      value: large.perStep.toFixed(1),
      aim: 'as one of fewer',
      reference: `${small.perStep.toFixed(1)} as one of ${small.runs[0]!.steps.toLocaleString('en')}`,
      ratio: (large.perStep / small.perStep).toFixed(2),
    },
  ];
}

const rows: Row[] = [];
for (const shape of SHAPES) {
  rows.push(...rowsOf(shape, [await measure(shape, SIZES[0]), await measure(shape, SIZES[1])]));
}
observer.disconnect();
printRows('decide', rows);
