import { type Execution, isOver, type PipelineJob } from '#contracts/cicd/execution.js';
import type { Answer } from '../http/answer.js';
import { given } from '../http/given.js';
import { readJob } from './jobs.js';
import { jobStateOf, pipelineStateOf } from './states.js';

/** What steps call the variable when they are told nothing else. */
const USUAL_KEY = 'sluice_key';

interface Told {
  readonly execution: Execution;
  readonly jobs: readonly PipelineJob[];
}

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#pipeline-events */
export function readPipelineEvent(event: Answer): Told {
  const project = event.object('project');
  const home = project.findText('web_url') ?? '';
  const pipeline = event.object('object_attributes');
  const id = pipeline.id('id');
  const native = pipeline.text('status');
  const state = pipelineStateOf(native);
  const createdAt = pipeline.findMoment('created_at');
  const queued = pipeline.findNumber('queued_duration');
  const hasBegun = createdAt !== undefined && queued !== undefined && state !== 'queued';
  const variables = pipeline.findList('variables');
  const execution = {
    reference: { project: project.text('path_with_namespace'), pipeline: '', id },
    attempt: 1,
    state,
    native,
    title: pipeline.findText('name') ?? `#${id}`,
    url: pipeline.findText('url') ?? `${home}/-/pipelines/${id}`,
    ...given({
      ref: pipeline.findText('ref'),
      commit: pipeline.findText('sha'),
      trigger: pipeline.findText('source'),
      actor: event.findObject('user')?.findText('username'),
      createdAt,
      startedAt: hasBegun ? createdAt + queued * 1_000 : undefined,
      endedAt: isOver(state) ? pipeline.findMoment('finished_at') : undefined,
      key: variables.find((each) => each.findText('key') === USUAL_KEY)?.findText('value'),
    }),
  };
  const jobs = event.findList('builds').map((build): PipelineJob => {
    const job = readJob(build, 1);
    return { ...job, url: `${home}/-/jobs/${job.id}` };
  });
  return { execution, jobs };
}

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#job-events; `commit` is the pipeline, but for its name. */
export function readJobEvent(event: Answer): Told {
  const home =
    event.findObject('project')?.findText('web_url') ?? event.object('repository').text('homepage');
  const pipeline = event.object('commit');
  const id = event.id('pipeline_id');
  const native = pipeline.text('status');
  const state = pipelineStateOf(native);
  const project = event.findObject('project')?.findText('path_with_namespace') ?? pathOf(home);
  const execution = {
    reference: { project, pipeline: '', id },
    attempt: 1,
    state,
    native,
    title: pipeline.findText('name') ?? `#${id}`,
    url: `${home}/-/pipelines/${id}`,
    ...given({
      ref: event.findText('ref'),
      commit: event.findText('sha'),
      actor: event.findObject('user')?.findText('username'),
      startedAt: pipeline.findMoment('started_at'),
      endedAt: isOver(state) ? pipeline.findMoment('finished_at') : undefined,
    }),
  };
  return { execution, jobs: [readBuild(event, home)] };
}

function readBuild(event: Answer, home: string): PipelineJob {
  const id = event.id('build_id');
  const native = event.text('build_status');
  const mayFail = event.findBoolean('build_allow_failure') ?? false;
  const state = jobStateOf(native, mayFail);
  return {
    id,
    name: event.text('build_name'),
    state,
    native,
    attempt: 1 + (event.findNumber('retries_count') ?? 0),
    mayFail,
    url: `${home}/-/jobs/${id}`,
    ...given({
      stage: event.findText('build_stage'),
      runner: event.findObject('runner')?.findText('description'),
      createdAt: event.findMoment('build_created_at'),
      startedAt: event.findMoment('build_started_at'),
      endedAt: isOver(state) ? event.findMoment('build_finished_at') : undefined,
    }),
  };
}

/** Older servers do not name the path itself. */
function pathOf(home: string): string {
  return URL.canParse(home) ? decodeURIComponent(new URL(home).pathname.slice(1)) : home;
}
