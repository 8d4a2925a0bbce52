import { setTimeout as sleep } from 'node:timers/promises';
import { type InputValue, isOver, type PipelineState } from '#contracts/cicd/execution.js';
import { FakeLog } from './fake-log.js';

export interface FakeStart {
  readonly pipeline: string;
  readonly ref: string;
  readonly inputs: Readonly<Record<string, InputValue>>;
  /** `api` when absent. */
  readonly trigger?: 'api' | 'push';
}

export interface FakeExecution extends FakeStart {
  /** A whole number from 1001. */
  readonly id: string;
  /** From 1, within its pipeline. */
  readonly number: number;
  readonly trigger: 'api' | 'push';
  /** 40 hexadecimal digits. */
  readonly commit: string;
  readonly createdAt: number;
  state: PipelineState;
  attempt: number;
  updatedAt: number;
  startedAt?: number;
  endedAt?: number;
  /** Of the last attempt. */
  jobs: readonly FakeJob[];
  readonly artifacts: FakeArtifact[];
}

export interface FakeJob {
  /** A whole number from 5001, of no other execution or attempt. */
  readonly id: string;
  readonly name: string;
  readonly attempt: number;
  readonly createdAt: number;
  readonly log: FakeLog;
  state: PipelineState;
  startedAt?: number;
  endedAt?: number;
  steps: readonly FakeStep[];
}

interface FakeStep {
  readonly name: string;
  readonly state: PipelineState;
}

export interface FakeArtifact {
  /** A whole number from 9001. */
  readonly id: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  expired: boolean;
}

/** How executions go on by themselves. */
interface Pace {
  readonly queuedMs: number;
  readonly runningMs: number;
  readonly outcome: PipelineState;
}

const STEPS = ['Set up', 'Run', 'Tidy up'];

/** What a fake platform has started. It has the states of one attempt and the next, and tells of each change. */
export class FakeExecutions {
  private readonly all: FakeExecution[] = [];
  private readonly listeners: ((execution: FakeExecution) => void)[] = [];
  private readonly stopped = new AbortController();
  private pace: Pace | undefined;
  private lastJob = 5000;
  private lastArtifact = 9000;

  /** Names of the jobs of every execution, in their order. */
  constructor(private readonly jobNames: readonly string[] = ['build', 'test']) {}

  /** The latest last. */
  get list(): readonly FakeExecution[] {
    return this.all;
  }

  start(wanted: FakeStart): FakeExecution {
    const now = Date.now();
    const execution: FakeExecution = {
      trigger: 'api',
      ...wanted,
      id: String(1001 + this.all.length),
      number: this.all.filter(({ pipeline }) => pipeline === wanted.pipeline).length + 1,
      commit: (1001 + this.all.length).toString(16).padStart(40, 'c'),
      createdAt: now,
      updatedAt: now,
      state: 'queued',
      attempt: 1,
      jobs: [],
      artifacts: [],
    };
    execution.jobs = this.jobNames.map((name) => this.createJob(name, 1));
    this.all.push(execution);
    this.tell(execution);
    if (this.pace !== undefined) void this.play(execution, this.pace);
    return execution;
  }

  find(id: string): FakeExecution | undefined {
    return this.all.find((each) => each.id === id);
  }

  require(id: string): FakeExecution {
    const found = this.find(id);
    if (found === undefined) throw new Error(`no execution ${id}`);
    return found;
  }

  findJob(id: string): FakeJob | undefined {
    return this.all.flatMap(({ jobs }) => jobs).find((job) => job.id === id);
  }

  /** Those that carry it in any of their inputs. */
  startedByKey(key: string): number {
    return this.all.filter(({ inputs }) => Object.values(inputs).includes(key)).length;
  }

  /** What is started from now on goes on by itself. */
  playOn(pace: Partial<Pace> = {}): void {
    this.pace = { queuedMs: 20, runningMs: 50, outcome: 'succeeded', ...pace };
  }

  /** Jobs follow: of one that fails the last one does. */
  advance(id: string, state: PipelineState): void {
    const execution = this.require(id);
    const now = Date.now();
    execution.state = state;
    execution.updatedAt = now;
    if (state !== 'queued') execution.startedAt ??= now;
    if (isOver(state)) execution.endedAt = now;
    const last = execution.jobs.at(-1);
    for (const job of execution.jobs) {
      if (isOver(job.state)) continue;
      job.state = state === 'failed' && job !== last ? 'succeeded' : state;
      if (job.state !== 'queued') job.startedAt ??= now;
      if (isOver(job.state)) job.endedAt = now;
      job.steps = stepsOf(job.state);
    }
    this.tell(execution);
  }

  /** Whether there was something to cancel. */
  cancel(id: string): boolean {
    if (isOver(this.require(id).state)) return false;
    this.advance(id, 'canceled');
    return true;
  }

  /** The next attempt of the same execution: all its jobs, or those that did not succeed. */
  retry(id: string, what: 'all' | 'failed'): void {
    const execution = this.require(id);
    execution.attempt += 1;
    execution.state = 'queued';
    delete execution.startedAt;
    delete execution.endedAt;
    execution.jobs = execution.jobs.map((job) =>
      what === 'failed' && job.state === 'succeeded' ? job : this.createJob(job.name, execution.attempt),
    );
    execution.updatedAt = Date.now();
    this.tell(execution);
    if (this.pace !== undefined) void this.play(execution, this.pace);
  }

  jobOf(id: string, name: string): FakeJob {
    const job = this.require(id).jobs.find((each) => each.name === name);
    if (job === undefined) throw new Error(`no job ${name} of ${id}`);
    return job;
  }

  addArtifact(id: string, name: string, bytes: Uint8Array): FakeArtifact {
    this.lastArtifact += 1;
    const artifact = { id: String(this.lastArtifact), name, bytes, expired: false };
    this.require(id).artifacts.push(artifact);
    return artifact;
  }

  onChange(listener: (execution: FakeExecution) => void): void {
    this.listeners.push(listener);
  }

  /** Nothing goes on by itself any more. */
  close(): void {
    this.stopped.abort();
  }

  private createJob(name: string, attempt: number): FakeJob {
    this.lastJob += 1;
    return {
      id: String(this.lastJob),
      name,
      attempt,
      createdAt: Date.now(),
      log: new FakeLog(),
      state: 'queued',
      steps: stepsOf('queued'),
    };
  }

  private async play(execution: FakeExecution, { queuedMs, runningMs, outcome }: Pace): Promise<void> {
    const { signal } = this.stopped;
    const { attempt, id } = execution;
    const isCurrent = () => !signal.aborted && execution.attempt === attempt && !isOver(execution.state);
    await sleep(queuedMs, undefined, { signal }).catch(() => undefined);
    if (isCurrent()) this.advance(id, 'running');
    await sleep(runningMs, undefined, { signal }).catch(() => undefined);
    if (isCurrent()) this.advance(id, outcome);
  }

  private tell(execution: FakeExecution): void {
    for (const listener of this.listeners) listener(execution);
  }
}

function stepsOf(state: PipelineState): readonly FakeStep[] {
  return STEPS.map((name, index): FakeStep => {
    if (state === 'queued' || state === 'blocked') return { name, state: 'queued' };
    if (index === 0) return { name, state: 'succeeded' };
    if (index === 1) return { name, state };
    return { name, state: state === 'running' ? 'queued' : state === 'succeeded' ? 'succeeded' : 'skipped' };
  });
}
