import { type PipelineState } from '#contracts/cicd/execution.js';
import type { FakeExecution, FakeJob } from './fake-executions.js';
import type { FakeAnswer } from './fake-server.js';

/** Bytes of a note at the start of each log, which Jenkins counts and never sends. */
const NOTE_BYTES = 16;

export const MULTIBRANCH = 'org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject';
export const RESULTS: Readonly<Partial<Record<PipelineState, string>>> = {
  succeeded: 'SUCCESS',
  unstable: 'UNSTABLE',
  failed: 'FAILURE',
  canceled: 'ABORTED',
  skipped: 'NOT_BUILT',
};
export const STATUSES: Readonly<Record<PipelineState, string>> = {
  queued: 'IN_PROGRESS',
  running: 'IN_PROGRESS',
  blocked: 'PAUSED_PENDING_INPUT',
  succeeded: 'SUCCESS',
  unstable: 'UNSTABLE',
  failed: 'FAILED',
  canceled: 'ABORTED',
  skipped: 'NOT_EXECUTED',
};

export const PARAMETERS = [
  {
    _class: 'hudson.model.StringParameterDefinition',
    type: 'StringParameterDefinition',
    name: 'sluice_key',
    description: 'Correlation',
    defaultParameterValue: { value: '' },
  },
  {
    _class: 'hudson.model.ChoiceParameterDefinition',
    type: 'ChoiceParameterDefinition',
    name: 'environment',
    description: 'Where to',
    choices: ['staging', 'production'],
    defaultParameterValue: { value: 'staging' },
  },
  {
    _class: 'hudson.model.BooleanParameterDefinition',
    type: 'BooleanParameterDefinition',
    name: 'dry',
    description: '',
    defaultParameterValue: { value: false },
  },
];

export function describeActions({ inputs, trigger }: FakeExecution): readonly object[] {
  const parameters = Object.entries(inputs).map(([name, value]) => ({ name, value }));
  const cause =
    trigger === 'api'
      ? {
          _class: 'hudson.model.Cause$UserIdCause',
          shortDescription: 'Started by user Robot',
          userId: 'robot',
        }
      : { _class: 'jenkins.branch.BranchEventCause', shortDescription: 'Push event to branch' };
  return [
    ...(parameters.length > 0 ? [{ _class: 'hudson.model.ParametersAction', parameters }] : []),
    { _class: 'hudson.model.CauseAction', causes: [cause] },
  ];
}

export function describeStage(job: FakeJob): object {
  return { id: job.id, name: job.name, status: STATUSES[job.state], ...timesOf(job) };
}

/** The second of the steps writes the log. */
export function describeNode(job: FakeJob, index: number): object {
  const step = job.steps[index]!;
  const id = `${job.id}${index}`;
  const log = { log: { href: `/execution/node/${id}/wfapi/log` } };
  return {
    id,
    name: step.name,
    status: STATUSES[step.state],
    ...timesOf(job),
    _links: index === 1 ? log : {},
  };
}

function timesOf({ startedAt = 0, endedAt }: FakeJob): object {
  return { startTimeMillis: startedAt, durationMillis: endedAt === undefined ? 0 : endedAt - startedAt };
}

export function sendLog({ log }: FakeJob, query: URLSearchParams, complete: boolean): FakeAnswer {
  const size = log.size + NOTE_BYTES;
  const asked = Number(query.get('start') ?? 0);
  const start = asked > size ? 0 : asked;
  const more = complete ? {} : { 'x-more-data': 'true' };
  return {
    status: 200,
    headers: { 'content-type': 'text/plain;charset=utf-8', 'x-text-size': String(size), ...more },
    body: endLines(log.read(Math.max(0, start - NOTE_BYTES))),
  };
}

export function readValue(parameter: (typeof PARAMETERS)[number], form: URLSearchParams): string | boolean {
  const given = form.get(parameter.name);
  if (given === null) return parameter.defaultParameterValue.value;
  return parameter.type === 'BooleanParameterDefinition' ? given === 'true' : given;
}

export function pathOf({ pipeline, ref }: FakeExecution): string {
  return `/job/team/job/${pipeline}/job/${encodeURIComponent(ref.replaceAll('/', '%2F'))}`;
}

export function answer(json: object): FakeAnswer {
  return { status: 200, json };
}

/** As Jenkins sends lines, whatever they end with in its files. */
async function* endLines(log: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const part of log)
    yield Buffer.from(Buffer.from(part).toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
}
