import type { Cache, Flow, Job, Matrix, Place, Step, TimeLimit, Use } from '../pipeline.js';
import { MAX_JOBS, type Reading } from '../reading/context.js';
import { UniqueIds } from '../reading/unique-ids.js';

/** A job while its stage is read. */
export interface Draft {
  readonly id: string;
  readonly name: string;
  readonly place: Place;
  readonly needs: readonly string[];
  readonly runner: string[];
  readonly images: Use[];
  readonly caches: Cache[];
  readonly artifacts: string[];
  readonly gives: Flow[];
  readonly takes: Flow[];
  readonly steps: Step[];
  stage?: string;
  matrix?: Matrix;
  timeLimit?: TimeLimit;
  calls?: Use;
  condition?: string;
  concurrency?: string;
  approval?: boolean;
  sharesFolder?: boolean;
}

/** What the blocks around a step say. */
export interface Surroundings {
  readonly runner: readonly string[];
  readonly images: readonly Use[];
  readonly timeLimit?: TimeLimit;
  readonly matrix?: Matrix;
  readonly directory?: string;
  readonly stage?: string;
  readonly concurrency?: string;
  readonly condition?: string;
  /** The branch of `parallel`. */
  readonly branch?: { readonly name: string; readonly place: Place };
  /** The machine that was taken outside of the stage, with how many jobs it had. */
  readonly machine?: { jobs: number };
}

/** Jobs in the order of the file, each with what it waits for. */
export class Drafts {
  readonly all: Draft[] = [];
  /** What the next job waits for. */
  front: readonly string[] = [];
  private readonly ids = new UniqueIds((name, count) => `${name} (${count})`);
  private isFull = false;

  constructor(private readonly reading: Reading) {}

  /** Undefined beyond the jobs that are read. */
  start(name: string, place: Place, around: Surroundings): Draft | undefined {
    if (this.all.length >= MAX_JOBS) {
      if (!this.isFull) this.reading.note('jobs-too-many', place);
      this.isFull = true;
      return undefined;
    }
    const { runner, images, timeLimit, matrix, stage, concurrency, condition, machine } = around;
    const sharesFolder = machine !== undefined && machine.jobs++ > 0;
    const draft: Draft = {
      id: this.ids.of(name),
      name,
      place,
      needs: this.front,
      runner: [...runner],
      images: [...images],
      caches: [],
      artifacts: [],
      gives: [],
      takes: [],
      steps: [],
      ...(stage === undefined ? {} : { stage }),
      ...(timeLimit === undefined ? {} : { timeLimit }),
      ...(matrix === undefined ? {} : { matrix }),
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(condition === undefined ? {} : { condition }),
      ...(sharesFolder ? { sharesFolder } : {}),
    };
    this.all.push(draft);
    this.front = [draft.id];
    return draft;
  }

  /** Each branch begins where all begin, and what comes next waits for all of them. */
  fork(branches: readonly (() => void)[]): void {
    const start = this.front;
    const ends: string[] = [];
    for (const branch of branches) {
      this.front = start;
      branch();
      if (this.front !== start) ends.push(...this.front);
    }
    this.front = ends.length === 0 ? start : ends;
  }

  get jobs(): readonly Job[] {
    return this.all;
  }
}
