import { createHash } from 'node:crypto';
import { isOver, type PipelineState } from '#contracts/cicd/execution.js';
import type { FakeExecution, FakeExecutions, FakeJob } from './fake-executions.js';

export const PROJECT = 'Web Shop';
export const PROJECT_ID = '6ce954b1-ce1f-45d1-b94d-e6bf2464ba2c';

/** Stages of every run, by the jobs in them. */
const STAGES: Readonly<Record<string, string>> = { build: 'Make', test: 'Check' };

export interface FakeDefinition {
  readonly id: number;
  readonly name: string;
  /** `\team`. */
  readonly path: string;
  readonly yaml: string;
  /** Parameters that the YAML declares, with what they may be. */
  readonly parameters: Readonly<Record<string, RegExp>>;
  readonly variables: Readonly<Record<string, { readonly value: string; readonly allowOverride?: boolean }>>;
}

export const DEFINITIONS: readonly FakeDefinition[] = [
  {
    id: 7,
    name: 'release',
    path: '\\team',
    yaml: [
      'parameters:',
      '  - { name: sluice_key, type: string, default: "" }',
      '  - { name: environment, type: string, default: staging, values: [staging, production], displayName: Where to }',
      '  - { name: dry, type: boolean, default: false }',
      '  - { name: copies, type: number, default: 1 }',
    ].join('\n'),
    parameters: {
      sluice_key: /^/,
      environment: /^(staging|production)$/,
      dry: /^(true|false)$/i,
      copies: /^\d+$/,
    },
    variables: { LEVEL: { value: 'info', allowOverride: true }, FIXED: { value: '1' } },
  },
  { id: 8, name: 'plain', path: '\\', yaml: 'steps: []', parameters: {}, variables: {} },
  {
    id: 9,
    name: 'by-variable',
    path: '\\',
    yaml: 'steps: []',
    parameters: {},
    variables: { sluice_key: { value: '', allowOverride: true } },
  },
];

const RESULTS: Readonly<Partial<Record<PipelineState, string>>> = {
  succeeded: 'succeeded',
  unstable: 'partiallySucceeded',
  failed: 'failed',
  canceled: 'canceled',
  skipped: 'canceled',
};
const RECORD_RESULTS: Readonly<Partial<Record<PipelineState, string>>> = {
  succeeded: 'succeeded',
  unstable: 'succeededWithIssues',
  failed: 'failed',
  canceled: 'canceled',
  skipped: 'skipped',
};

export function describeDefinition({ id, name, path, variables }: FakeDefinition): object {
  return {
    id,
    name,
    path,
    type: 'build',
    queueStatus: 'enabled',
    revision: 1,
    variables,
    process: { yamlFilename: `ci/${name}.yml`, type: 2 },
    repository: { id: 'repository-1', name: PROJECT, type: 'TfsGit', defaultBranch: 'refs/heads/main' },
    project: { id: PROJECT_ID, name: PROJECT },
  };
}

export function describeBuild(execution: FakeExecution, definition: FakeDefinition, root: string): object {
  const { id, number, inputs, state, createdAt, startedAt, endedAt, attempt: _ } = execution;
  const result = RESULTS[state];
  const isVariable = (name: string) => Object.hasOwn(definition.variables, name);
  const pick = (variables: boolean) =>
    Object.fromEntries(
      Object.entries(inputs).flatMap(([name, value]) =>
        isVariable(name) === variables ? [[name, String(value)]] : [],
      ),
    );
  return {
    id: Number(id),
    buildNumber: `20260401.${number}`,
    status: isOver(state) ? 'completed' : state === 'queued' ? 'notStarted' : 'inProgress',
    ...(result === undefined ? {} : { result }),
    queueTime: moment(createdAt),
    ...(startedAt === undefined ? {} : { startTime: moment(startedAt) }),
    ...(endedAt === undefined ? {} : { finishTime: moment(endedAt) }),
    definition: { id: definition.id, name: definition.name, path: definition.path, type: 'build' },
    project: { id: PROJECT_ID, name: PROJECT },
    sourceBranch: `refs/heads/${execution.ref}`,
    sourceVersion: execution.commit,
    reason: execution.trigger === 'api' ? 'manual' : 'individualCI',
    requestedFor: { displayName: 'Robot', id: 'robot-1' },
    templateParameters: pick(false),
    parameters: JSON.stringify(pick(true)),
    _links: { web: { href: `${root}/${encodeURIComponent(PROJECT)}/_build/results?buildId=${id}` } },
  };
}

/** Records of one run; ids are the same each time. Of a blocked one the second stage waits for an approval. */
export function describeTimeline(execution: FakeExecution): readonly object[] {
  return execution.jobs.flatMap((job, index): readonly object[] => {
    const stage = uuid(`${execution.id} stage ${job.name}`);
    const phase = uuid(`${execution.id} phase ${job.name}`);
    const isWaiting = execution.state === 'blocked' && index === execution.jobs.length - 1;
    const name = STAGES[job.name] ?? job.name;
    const head = [
      {
        ...record(stage, 'Stage', job),
        name,
        identifier: name,
        order: index + 1,
        ...(isWaiting ? PENDING : {}),
      },
    ];
    if (isWaiting) {
      const checkpoint = uuid(`${execution.id} checkpoint ${job.name}`);
      const approval = uuid(`${execution.id} approval ${job.name}`);
      return [
        ...head,
        {
          ...record(checkpoint, 'Checkpoint', job),
          parentId: stage,
          name: 'Checkpoint',
          order: 1,
          state: 'inProgress',
          result: null,
        },
        {
          ...record(approval, 'Checkpoint.Approval', job),
          parentId: checkpoint,
          name: 'Checkpoint.Approval',
          order: 1,
          state: 'inProgress',
          result: null,
        },
      ];
    }
    return [
      ...head,
      { ...record(phase, 'Phase', job), parentId: stage, name: job.name, order: 1 },
      {
        ...record(jobIdOf(job), 'Job', job),
        parentId: phase,
        name: job.name,
        order: 1,
        workerName: 'agent-1',
      },
      ...job.steps.map((_, at) => describeTask(job, at)).toReversed(),
    ];
  });
}

const PENDING = { state: 'pending', result: null };

function jobIdOf(job: FakeJob): string {
  return uuid(`job ${job.id}`);
}

/** The number of its log: of the second of its tasks. */
export function logIdOf(job: FakeJob): number {
  return Number(job.id) * 10 + 1;
}

/** Name of a stage of a run, as requests have it. */
export function stageOf(job: FakeJob): string {
  return STAGES[job.name] ?? job.name;
}

/** The platform's clients read these by their pages. */
export function isBuildOf(execution: FakeExecution, definition: FakeDefinition): boolean {
  return execution.pipeline === nameOf(definition);
}

export function nameOf({ path, name }: FakeDefinition): string {
  return [...path.split('\\'), name].filter((part) => part !== '').join('/');
}

export function latestFirst(executions: FakeExecutions): readonly FakeExecution[] {
  return executions.list.toReversed();
}

function describeTask(job: FakeJob, at: number): object {
  const step = job.steps[at]!;
  const hasLog = at === 1 && step.state !== 'queued';
  return {
    ...record(uuid(`task ${job.id} ${at}`), 'Task', job),
    parentId: jobIdOf(job),
    name: step.name,
    order: at + 1,
    ...stateOf(step.state),
    log: hasLog ? { id: logIdOf(job), type: 'Container' } : null,
  };
}

function record(id: string, type: string, job: FakeJob): object {
  const { startedAt, endedAt, attempt } = job;
  return {
    id,
    type,
    attempt,
    parentId: null,
    startTime: startedAt === undefined ? null : moment(startedAt),
    finishTime: endedAt === undefined ? null : moment(endedAt),
    log: null,
    ...stateOf(job.state),
  };
}

function stateOf(state: PipelineState): object {
  const result = RECORD_RESULTS[state] ?? null;
  const running = state === 'running' || state === 'blocked' ? 'inProgress' : 'pending';
  return { state: isOver(state) ? 'completed' : running, result };
}

function moment(ms: number): string {
  return new Date(ms).toISOString();
}

function uuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}
