import type {
  ExecutionReference,
  PipelineJob,
  PipelineState,
  PipelineStep,
} from '#contracts/cicd/execution.js';
import { Answer } from '../http/answer.js';
import { type LogSegment, readSegments } from '../http/log-segments.js';
import { createRefusal } from '../http/refusal.js';
import { UnixLines } from '../http/unix-lines.js';
import type { LogPart } from '../platform.js';
import { TITLE } from './description.js';
import { readResult } from './execution.js';
import { findBuild, writeBuildPath } from './follow.js';
import type { JenkinsHttp } from './http.js';
import { type JobPath, showJobPath } from './job-path.js';

/** The one job of a build without stages. */
const WHOLE = 'build';
const MOST_LOG_BYTES = 4 * 1024 ** 3;

const STATES: Readonly<Record<string, PipelineState>> = {
  SUCCESS: 'succeeded',
  UNSTABLE: 'unstable',
  FAILED: 'failed',
  ABORTED: 'canceled',
  NOT_EXECUTED: 'skipped',
  IN_PROGRESS: 'running',
  PAUSED_PENDING_INPUT: 'blocked',
  QUEUED: 'queued',
};

const UNFINISHED: readonly PipelineState[] = ['queued', 'running', 'blocked'];

/** Stages; a build that has none is one job. */
export async function readJobs(
  http: JenkinsHttp,
  reference: ExecutionReference,
): Promise<readonly PipelineJob[]> {
  const build = await findBuild(http, reference);
  if (build === undefined) return [];
  const path = writeBuildPath(build.job.path, build.number);
  const subject = `stages of ${showJobPath(build.job.path)} #${build.number}`;
  const { status, value } = await http.get({ path: `${path}/wfapi/describe`, expected: [404], subject });
  if (status !== 404) {
    const described = new Answer(value, 'the stages');
    const stages = described.findList('stages');
    // Of a pipeline that has only begun: stages are to come.
    const isBeginning = UNFINISHED.includes(readState(described));
    if (stages.length > 0 || isBeginning) return stages.map((stage) => readStage(stage));
  }
  return [await readWhole(http, path, build.job.path)];
}

export async function readSteps(
  http: JenkinsHttp,
  reference: ExecutionReference,
  job: string,
): Promise<readonly PipelineStep[]> {
  if (job === WHOLE) return [];
  const { stage } = await askStage(http, reference, job);
  return stage.findList('stageFlowNodes').map((node) => ({
    name: node.findText('name') ?? node.id('id'),
    state: readState(node),
    native: node.findText('status') ?? '',
    ...readTimes(node),
  }));
}

/** Of a stage the logs of its steps, one after the other. */
export async function readLogs(
  http: JenkinsHttp,
  reference: ExecutionReference,
  { job, offset }: { readonly job: string; readonly offset: number },
): Promise<LogPart> {
  const { memory } = http.connection;
  if (job === WHOLE) {
    const { path, isOver } = await askWhole(http, reference);
    const whole = openLog(http, { path, id: path, isComplete: isOver });
    return { bytes: readSegments([whole], offset, memory), complete: isOver };
  }
  const { stage, path } = await askStage(http, reference, job);
  const isOver = !UNFINISHED.includes(readState(stage));
  const segments = stage
    .findList('stageFlowNodes')
    .filter((node) => node.findObject('_links')?.has('log') ?? false)
    .map((node) => {
      const id = requireNode(node.id('id'));
      const isComplete = isOver || !UNFINISHED.includes(readState(node));
      return openLog(http, { path: `${path}/execution/node/${id}/log`, id: `${path} ${id}`, isComplete });
    });
  return { bytes: readSegments(segments, offset, memory), complete: isOver };
}

interface Log {
  readonly path: string;
  readonly id: string;
  readonly isComplete: boolean;
}

/**
 * Jenkins leaves notes out of what it sends and ends lines with CR LF, but counts neither: its offsets are not those of what
 * is read. A mark is one of its.
 */
function openLog(http: JenkinsHttp, { path, id, isComplete }: Log): LogSegment<number> {
  return {
    id,
    complete: isComplete,
    async open(mark = 0) {
      const { headers, body } = await http.http.stream(
        { path: `${path}/logText/progressiveText`, query: { start: mark }, subject: 'log' },
        MOST_LOG_BYTES,
      );
      const told = Number(headers['x-text-size'] ?? Number.NaN);
      const lines = new UnixLines(body, isComplete);
      const size = () => (Number.isSafeInteger(told) && told >= 0 ? told : mark + lines.read);
      // A log that is shorter than before was begun anew, and is sent as a whole.
      return { fromMark: size() >= mark, bytes: lines.bytes(), mark: () => size() - lines.held };
    },
  };
}

async function readWhole(http: JenkinsHttp, path: string, job: JobPath): Promise<PipelineJob> {
  const { value } = await http.get({
    path: `${path}/api/json`,
    query: { tree: 'building,result,timestamp,duration,builtOn,url' },
    subject: `build of ${showJobPath(job)}`,
  });
  const build = new Answer(value, 'the build');
  const result = build.findText('result');
  const state = readResult(result, build.findBoolean('building') ?? false);
  const startedAt = build.findNumber('timestamp');
  const isOver = !UNFINISHED.includes(state);
  return {
    id: WHOLE,
    name: job.at(-1) ?? WHOLE,
    state,
    native: isOver ? (result ?? '') : 'BUILDING',
    attempt: 1,
    runner: build.findText('builtOn') || 'built-in',
    mayFail: false,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(isOver && startedAt !== undefined
      ? { endedAt: startedAt + (build.findNumber('duration') ?? 0) }
      : {}),
  };
}

async function askWhole(
  http: JenkinsHttp,
  reference: ExecutionReference,
): Promise<{ readonly path: string; readonly isOver: boolean }> {
  const build = await requirePlace(http, reference);
  const path = writeBuildPath(build.job.path, build.number);
  const subject = `build of ${showJobPath(build.job.path)}`;
  const { value } = await http.get({ path: `${path}/api/json`, query: { tree: 'building' }, subject });
  return { path, isOver: !(new Answer(value, 'the build').findBoolean('building') ?? false) };
}

async function askStage(
  http: JenkinsHttp,
  reference: ExecutionReference,
  job: string,
): Promise<{ readonly path: string; readonly stage: Answer }> {
  const build = await requirePlace(http, reference);
  const path = writeBuildPath(build.job.path, build.number);
  const { value } = await http.get({
    path: `${path}/execution/node/${requireNode(job)}/wfapi/describe`,
    subject: `stage ${job} of ${showJobPath(build.job.path)} #${build.number}`,
  });
  return { path, stage: new Answer(value, 'the stage') };
}

async function requirePlace(http: JenkinsHttp, reference: ExecutionReference) {
  const build = await findBuild(http, reference);
  if (build !== undefined) return build;
  throw createRefusal({ title: TITLE, subject: `build of ${reference.id}`, status: 404, words: '' });
}

function readStage(stage: Answer): PipelineJob {
  return {
    id: stage.id('id'),
    name: stage.text('name'),
    state: readState(stage),
    native: stage.findText('status') ?? '',
    attempt: 1,
    stage: stage.text('name'),
    mayFail: false,
    ...readTimes(stage),
  };
}

function readState(of: Answer): PipelineState {
  const status = of.findText('status') ?? '';
  return Object.hasOwn(STATES, status) ? STATES[status]! : 'failed';
}

function readTimes(of: Answer): { readonly startedAt?: number; readonly endedAt?: number } {
  const startedAt = of.findNumber('startTimeMillis') ?? 0;
  if (startedAt === 0) return {};
  if (UNFINISHED.includes(readState(of))) return { startedAt };
  return { startedAt, endedAt: startedAt + (of.findNumber('durationMillis') ?? 0) };
}

/** It becomes a part of a path. */
function requireNode(id: string): string {
  if (/^\d{1,9}$/.test(id)) return id;
  throw createRefusal({ title: TITLE, subject: `stage ${id.slice(0, 50)}`, status: 404, words: '' });
}
