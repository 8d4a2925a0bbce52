import type { Plan, PlanNode } from '../plan/plan.js';
import type { RecordedRun } from './recorded-run.js';
import { computeQuantile } from './statistics.js';
import { computeUsualTimes, createTimeModel, timesOf } from './time-model.js';

/** Fewer runs say too little. */
export const LEAST_RUNS = 5;

/** How long a run may be expected to take, by the runs before. Times in milliseconds. */
export interface Estimate {
  /** Succeeded runs that it rests on. */
  readonly runs: number;
  /** Whether these are enough. */
  readonly conclusive: boolean;
  readonly p50Ms: number;
  readonly p90Ms: number;
  /** Median distance of what the model makes of a recorded run from what that took, as a share; 0 where it is exact. */
  readonly error: number;
  /** Steps whose usual times make up the expected time, first to last. */
  readonly criticalPath: readonly string[];
  /** In written order; those that took time in some run. */
  readonly steps: readonly StepEstimate[];
}

export interface StepEstimate {
  readonly step: string;
  /** Runs in which it ran. */
  readonly runs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  /** Share of the runs whose time it was a part of: shortening it shortens them. */
  readonly critical: number;
}

/** By replaying recorded times through the graph of the Plan. `version` is that of the Plan. */
export function estimateRun(plan: Plan, version: number, recorded: readonly RecordedRun[]): Estimate {
  const runs = recorded.filter(({ succeeded }) => succeeded);
  const model = createTimeModel(plan);
  const usual = computeUsualTimes(runs, model.pieces);
  const replays = runs.map((run) => ({ run, ...model.computeTime(timesOf(run, version, usual)) }));
  const critical = new Map<string, number>();
  for (const { path } of replays) {
    for (const { id } of path) critical.set(id, (critical.get(id) ?? 0) + 1);
  }
  const times = replays.map(({ ms }) => ms);
  const errors = replays.flatMap(({ run, ms }) => (run.ms > 0 ? [Math.abs(ms - run.ms) / run.ms] : []));
  return {
    runs: runs.length,
    conclusive: runs.length >= LEAST_RUNS,
    p50Ms: Math.round(computeQuantile(times, 0.5)),
    p90Ms: Math.round(computeQuantile(times, 0.9)),
    error: round(computeQuantile(errors, 0.5)),
    criticalPath: model.computeTime(({ id }) => usual.get(id)!).path.map(({ id }) => id),
    steps: model.pieces.flatMap((piece) => estimateStep(piece, runs, critical.get(piece.id) ?? 0)),
  };
}

function estimateStep({ id }: PlanNode, runs: readonly RecordedRun[], critical: number): StepEstimate[] {
  const times = runs.flatMap(({ steps }) => {
    const step = steps.get(id);
    return step === undefined || step.status === 'skipped' ? [] : [step.ms];
  });
  if (times.every((ms) => ms === 0)) return [];
  return [
    {
      step: id,
      runs: times.length,
      p50Ms: Math.round(computeQuantile(times, 0.5)),
      p90Ms: Math.round(computeQuantile(times, 0.9)),
      critical: round(critical / runs.length),
    },
  ];
}

/** A step of a run that goes on. */
export interface LiveStep {
  readonly over: boolean;
  /** Milliseconds since it began; absent before. */
  readonly elapsedMs?: number;
}

export interface Remaining {
  /** Succeeded runs that it rests on. */
  readonly runs: number;
  readonly conclusive: boolean;
  /** Of the time, not of the steps; at most 99 while it goes on. */
  readonly percent: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
}

/** How much of a run's time is over, and how much is left. */
export function estimateRemaining(
  plan: Plan,
  recorded: readonly RecordedRun[],
  live: ReadonlyMap<string, LiveStep>,
  elapsedMs: number,
): Remaining {
  const runs = recorded.filter(({ succeeded }) => succeeded);
  const model = createTimeModel(plan);
  const leftBy = (share: number) =>
    model.computeTime(({ id }) => {
      const step = live.get(id);
      if (step?.over === true) return 0;
      const times = runs.map(({ steps }) => steps.get(id)?.ms ?? 0);
      return Math.max(0, computeQuantile(times, share) - (step?.elapsedMs ?? 0));
    }).ms;
  const p50Ms = Math.round(leftBy(0.5));
  const total = elapsedMs + p50Ms;
  return {
    runs: runs.length,
    conclusive: runs.length >= LEAST_RUNS,
    percent: total === 0 ? 0 : Math.min(99, Math.floor((elapsedMs / total) * 100)),
    p50Ms,
    p90Ms: Math.round(leftBy(0.9)),
  };
}

function round(share: number): number {
  return Math.round(share * 1_000) / 1_000;
}
