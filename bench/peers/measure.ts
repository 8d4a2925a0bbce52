import { median, percentile } from '../statistics.js';
import type { StartedPeer } from './peer.js';
import { readMemory, readProcessorSeconds } from './process-tree.js';
import type { Batch, BatchResult } from './serve.js';

/** What is measured of a peer, in this order. */
export interface Figures {
  /** Ten steps in five levels, one run at a time: milliseconds. */
  readonly tenStepsP50: number;
  readonly tenStepsP95: number;
  /** The same, many at once: runs a second, and what processors work for it, servers and databases included. */
  readonly rate: number;
  readonly processorSeconds: number;
  /** 400 steps in sequence, and 100 side by side: milliseconds of a run. */
  readonly inSequence: number;
  readonly fanOut: number;
  /** All at once: how many these were, runs a second, milliseconds until the result of each. */
  readonly allAtOnce: number;
  readonly allRate: number;
  readonly allP50: number;
  readonly allP95: number;
  /** Of one of those runs, in the stores. */
  readonly storedKib: number;
  /** Of all processes together, over all this. */
  readonly peakMib: number;
}

/** How much is run, and for how long at most. */
export interface Scale {
  readonly warmUp: Batch;
  readonly latency: Batch;
  readonly rate: Batch;
  readonly inSequence: Batch;
  readonly fanOut: Batch;
  readonly allAtOnce: Batch;
}

export const FULL: Scale = {
  warmUp: { job: 'ten-steps', runs: 100, atOnce: 10, limitMs: 10_000 },
  latency: { job: 'ten-steps', runs: 100, atOnce: 1, limitMs: 15_000 },
  rate: { job: 'ten-steps', runs: 500, atOnce: 50, limitMs: 20_000 },
  inSequence: { job: 'in-sequence', runs: 5, atOnce: 1, limitMs: 20_000 },
  fanOut: { job: 'fan-out', runs: 20, atOnce: 1, limitMs: 15_000 },
  allAtOnce: { job: 'ten-steps', runs: 1_000, atOnce: 1_000, limitMs: 60_000 },
};

/** To see that all works. */
export const SMALL: Scale = {
  warmUp: { job: 'ten-steps', runs: 3, atOnce: 1, limitMs: 5_000 },
  latency: { job: 'ten-steps', runs: 5, atOnce: 1, limitMs: 5_000 },
  rate: { job: 'ten-steps', runs: 20, atOnce: 10, limitMs: 5_000 },
  inSequence: { job: 'in-sequence', runs: 1, atOnce: 1, limitMs: 5_000 },
  fanOut: { job: 'fan-out', runs: 1, atOnce: 1, limitMs: 5_000 },
  allAtOnce: { job: 'ten-steps', runs: 40, atOnce: 40, limitMs: 10_000 },
};

const STEPS_OF_TEN = 10;
const SAMPLE_MS = 1_000;

/** @param roots the processes that belong to it */
export async function measurePeer(
  { program, readStored }: StartedPeer,
  roots: readonly number[],
  scale: Scale,
  tell: (message: string) => void,
): Promise<Figures> {
  const memory = watchMemory(roots);
  const run = (batch: Batch): Promise<BatchResult> => {
    tell(`${batch.job}, ${batch.atOnce} at once`);
    return program.run(batch);
  };
  try {
    // What comes later is met once, too, before anything is measured.
    for (const one of [scale.inSequence, scale.fanOut]) await run({ ...one, runs: 1 });
    await run(scale.warmUp);
    const { latencies } = await run(scale.latency);
    const before = readProcessorSeconds(roots);
    const many = await run(scale.rate);
    const worked = readProcessorSeconds(roots) - before;
    const inSequence = await run(scale.inSequence);
    const fanOut = await run(scale.fanOut);
    const runs = withinLimit(scale.allAtOnce, rateOf(many));
    const stored = await readStored();
    const all = await run({ ...scale.allAtOnce, runs, atOnce: runs });
    return {
      tenStepsP50: median(latencies),
      tenStepsP95: percentile(latencies, 0.95),
      rate: rateOf(many),
      processorSeconds: (worked * 1_000) / (many.latencies.length * STEPS_OF_TEN),
      inSequence: median(inSequence.latencies),
      fanOut: median(fanOut.latencies),
      allAtOnce: runs,
      allRate: rateOf(all),
      allP50: median(all.latencies),
      allP95: percentile(all.latencies, 0.95),
      storedKib: ((await readStored()) - stored) / runs / 1_024,
      peakMib: memory.stop(),
    };
  } finally {
    memory.stop();
  }
}

/** Runs a second. */
export function rateOf({ latencies, ms }: BatchResult): number {
  return (latencies.length * 1_000) / ms;
}

/** As many runs at once as a product that does so many a second ends in the time; at least one. */
export function withinLimit({ runs, limitMs }: Batch, rate: number): number {
  return Math.max(1, Math.min(runs, Math.floor((rate * limitMs) / 1_000)));
}

/** Looks each second; `stop` answers with the most that was seen. */
function watchMemory(roots: readonly number[]): { stop(): number } {
  let peak = 0;
  const look = () => {
    peak = Math.max(peak, readMemory(roots));
  };
  const timer = setInterval(look, SAMPLE_MS);
  return {
    stop() {
      clearInterval(timer);
      look();
      return peak;
    },
  };
}
