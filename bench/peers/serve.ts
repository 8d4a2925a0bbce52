import { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { JOBS, type JobName, type Levels, requireSteps } from './jobs.js';

/*
 * What the program of a peer says and hears, as lines of JSON: it hears on its standard input which runs to do, and
 * answers on its fourth stream, because products print what they like on the others. It ends with its input.
 */

/** So many runs of a job, at most so many at once; none is begun after `limitMs`. */
export interface Batch {
  readonly job: JobName;
  readonly runs: number;
  readonly atOnce: number;
  readonly limitMs: number;
}

export interface BatchResult {
  /** Milliseconds from the start of each run to its result. */
  readonly latencies: readonly number[];
  /** From the first start to the last result. */
  readonly ms: number;
}

/** The first that a program says. */
export interface Ready {
  /** By what they are of. */
  readonly versions: Readonly<Record<string, string>>;
}

export type Answer = Ready | BatchResult | { readonly error: string };

/** A product that is ready to run jobs, as its program holds it. */
export interface Product extends Ready {
  /** Runs the job from start to result; answers with the names of its steps. */
  run(job: JobName): Promise<unknown>;
  /** Throws unless all that ran was kept; the clock has stopped. */
  check?(job: JobName): Promise<void>;
  stop(): Promise<void>;
}

/** Resolves when nobody asks any more and the product has stopped. */
export async function serve(start: (jobs: Readonly<Record<JobName, Levels>>) => Promise<Product>) {
  const output = new Socket({ fd: 3 });
  const say = (answer: Answer) => void output.write(`${JSON.stringify(answer)}\n`);
  const product = await start(JOBS);
  say({ versions: product.versions });
  for await (const line of createInterface({ input: process.stdin })) {
    const batch = JSON.parse(line) as Batch;
    say(await runBatch(product, batch).catch((error: unknown) => ({ error: describe(error) })));
  }
  await product.stop();
  output.destroy();
}

async function runBatch(product: Product, { job, runs, atOnce, limitMs }: Batch): Promise<BatchResult> {
  const latencies: number[] = [];
  const began = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < runs && performance.now() - began < limitMs) {
      next++;
      const start = performance.now();
      const answer = await product.run(job);
      latencies.push(performance.now() - start);
      requireSteps(job, answer);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  const ms = performance.now() - began;
  await product.check?.(job);
  return { latencies, ms };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
