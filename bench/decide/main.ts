import { performance } from 'node:perf_hooks';
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
 * Runs of one Plan are the same to the event, so the least time of each event over all rounds is what it costs; the rest
 * is the collector of garbage and the other programs of the machine.
 */
const ROUNDS = 6;
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
  /** Actions run. */
  readonly steps: number;
}

function planOf(text: string): Plan {
  const { definition, findings } = readDefinition(text, ACTIONS);
  if (definition === undefined) throw new Error(JSON.stringify(findings[0]));
  return compile(definition, ACTIONS);
}

function play(plan: Plan): Run {
  let state = createState(FACTS, {});
  const times: number[] = [];
  const queue: RunEvent[] = [{ type: 'run-started' }];
  let steps = 0;
  for (let at = 0; at < queue.length; at++) {
    const since = performance.now();
    const decision = decide(plan, state, queue[at]!, at);
    times.push(performance.now() - since);
    state = decision.state;
    for (const command of decision.commands) {
      if (command.type === 'take-breath') queue.push({ type: 'breath-taken' });
      if (command.type !== 'run-action') continue;
      steps++;
      queue.push({ type: 'action-succeeded', step: command.step, output: { n: steps }, attempts: 1 });
    }
  }
  if (state.status !== 'succeeded') throw new Error(`the run ended ${state.status}`);
  return { times, steps };
}

function measure(shape: Shape, size: number): Run {
  const plan = planOf(shape.write(size));
  const runs = Array.from({ length: ROUNDS }, () => play(plan));
  const [{ times, steps }] = runs as [Run];
  return { times: times.map((_, at) => Math.min(...runs.map((run) => run.times[at]!))), steps };
}

function perStep({ times, steps }: Run): number {
  return (times.reduce((sum, time) => sum + time, 0) * 1_000) / steps;
}

function rowsOf(shape: Shape, small: Run, large: Run): Row[] {
  const [first, ...others] = large.times;
  const row = (figure: string, value: string, aim: string, reference: string, ratio = ''): Row => ({
    figure: `${shape.name}: ${figure}`,
    value,
    aim,
    reference,
    ratio,
  });
  return [
    row(
      'the first event (ms)',
      first!.toFixed(2),
      '',
      `${(small.times[0]!).toFixed(2)} of ${small.steps} steps`,
    ),
    row(
      'any other at most (ms)',
      percentile(others, 1).toFixed(2),
      '< 1',
      `p99 ${percentile(others, 0.99).toFixed(3)}, median ${median(others).toFixed(3)}`,
    ),
    row(
      `one step of ${large.steps} (µs)`,
      perStep(large).toFixed(1),
      'linear',
      `${perStep(small).toFixed(1)} of ${small.steps}`,
      (perStep(large) / perStep(small)).toFixed(2),
    ),
  ];
}

const rows: Row[] = [];
for (const shape of SHAPES) {
  rows.push(...rowsOf(shape, measure(shape, SIZES[0]), measure(shape, SIZES[1])));
}
printRows('decide', rows);
