import type {
  ExecutionReference,
  PipelineJob,
  PipelineState,
  PipelineStep,
} from '#contracts/cicd/execution.js';
import { Answer } from '../http/answer.js';
import { createRefusal } from '../http/refusal.js';
import { TITLE } from './description.js';
import { readResult } from './execution.js';
import { type AzureHttp, pathOf } from './http.js';
import { note } from './notes.js';

/** A line of a timeline: a stage, a phase of it, a job, a task, or a check before a stage. */
export interface TimelineRecord {
  readonly id: string;
  readonly parent?: string;
  readonly type: string;
  readonly name: string;
  /** By which stages are named in requests. */
  readonly identifier?: string;
  readonly state: PipelineState;
  readonly native: string;
  readonly attempt: number;
  readonly order: number;
  readonly worker?: string;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Of its log. */
  readonly log?: number;
}

/** As records come: parents first, each level by its order; none before the run has begun. */
export async function readTimeline(
  http: AzureHttp,
  reference: ExecutionReference,
): Promise<readonly TimelineRecord[]> {
  const { value } = await http.send({
    path: `${pathOf(reference)}/timeline`,
    subject: `run ${reference.id} of ${reference.project}`,
  });
  if (value === undefined) return [];
  const records = new Answer(value, 'the timeline').findList('records').map(readRecord);
  return sortTree(records);
}

/** Jobs, and approvals that are waited for. */
export async function readJobs(
  http: AzureHttp,
  reference: ExecutionReference,
): Promise<readonly PipelineJob[]> {
  const records = await readTimeline(http, reference);
  const jobs = records.flatMap((record): readonly PipelineJob[] => {
    if (record.type === 'Job') return [readJob(record, records)];
    return isPendingApproval(record) ? [{ ...readJob(record, records), state: 'blocked' }] : [];
  });
  const isBlocked =
    jobs.some(({ state }) => state === 'blocked') && jobs.every(({ state }) => state !== 'running');
  note(http.connection.memory, reference.id, { blockedAt: isBlocked ? Date.now() : undefined });
  return jobs;
}

export async function readSteps(
  http: AzureHttp,
  reference: ExecutionReference,
  job: string,
): Promise<readonly PipelineStep[]> {
  const records = await readTimeline(http, reference);
  requireJob(records, job);
  return tasksOf(records, job).map(toStep);
}

/** Throws SluiceError `platform-not-found`. */
export function requireJob(records: readonly TimelineRecord[], job: string): TimelineRecord {
  const found = records.find(({ id }) => id === job);
  if (found !== undefined) return found;
  throw createRefusal({ title: TITLE, subject: `job ${job.slice(0, 100)}`, status: 404, words: '' });
}

export function tasksOf(records: readonly TimelineRecord[], job: string): readonly TimelineRecord[] {
  return records.filter(({ type, parent }) => type === 'Task' && parent === job);
}

function readJob(record: TimelineRecord, records: readonly TimelineRecord[]): PipelineJob {
  const stage = findStage(record, records);
  const steps = tasksOf(records, record.id);
  return {
    id: record.id,
    name: record.name,
    state: record.state,
    native: record.native,
    attempt: record.attempt,
    mayFail: false,
    ...(stage === undefined || stage.name === NO_STAGE ? {} : { stage: stage.name }),
    ...(record.worker === undefined ? {} : { runner: record.worker }),
    ...timesOf(record),
    ...(record.type === 'Job' ? { steps: steps.map(toStep) } : {}),
  };
}

/** What a pipeline without stages has. */
const NO_STAGE = '__default';

function isPendingApproval({ type, state }: TimelineRecord): boolean {
  return type === 'Checkpoint.Approval' && (state === 'queued' || state === 'running');
}

function findStage(record: TimelineRecord, records: readonly TimelineRecord[]): TimelineRecord | undefined {
  const byId = new Map(records.map((each) => [each.id, each]));
  let above = record.parent;
  for (let depth = 0; above !== undefined && depth < 10; depth += 1) {
    const found = byId.get(above);
    if (found?.type === 'Stage') return found;
    above = found?.parent;
  }
  return undefined;
}

function toStep(task: TimelineRecord): PipelineStep {
  return { name: task.name, state: task.state, native: task.native, ...timesOf(task) };
}

function timesOf({ startedAt, endedAt }: TimelineRecord) {
  return { ...(startedAt === undefined ? {} : { startedAt }), ...(endedAt === undefined ? {} : { endedAt }) };
}

function readRecord(record: Answer): TimelineRecord {
  const parent = record.findText('parentId');
  const identifier = record.findText('identifier');
  const worker = record.findText('workerName');
  const startedAt = record.findMoment('startTime');
  const endedAt = record.findMoment('finishTime');
  const log = record.findObject('log')?.findNumber('id');
  const state = record.findText('state') ?? 'pending';
  const result = record.findText('result');
  return {
    id: record.text('id'),
    type: record.text('type'),
    name: record.findText('name') ?? '',
    state: state === 'completed' ? readResult(result) : state === 'inProgress' ? 'running' : 'queued',
    native: state === 'completed' ? (result ?? state) : state,
    attempt: record.findNumber('attempt') ?? 1,
    order: record.findNumber('order') ?? 0,
    ...(parent === undefined ? {} : { parent }),
    ...(identifier === undefined ? {} : { identifier }),
    ...(worker === undefined ? {} : { worker }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(log === undefined ? {} : { log }),
  };
}

/** Those whose parent is not there are at the top. */
function sortTree(records: readonly TimelineRecord[]): readonly TimelineRecord[] {
  const known = new Set(records.map(({ id }) => id));
  const below = Map.groupBy(records, ({ parent }) =>
    parent !== undefined && known.has(parent) ? parent : '',
  );
  const sorted: TimelineRecord[] = [];
  const waiting = [...byOrder(below.get(''))].reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    sorted.push(next);
    waiting.push(...byOrder(below.get(next.id)).toReversed());
    below.delete(next.id);
  }
  return sorted;
}

function byOrder(records: readonly TimelineRecord[] = []): readonly TimelineRecord[] {
  return records.toSorted((a, b) => a.order - b.order);
}
