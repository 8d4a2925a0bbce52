import { type Execution, type ExecutionReference, isOver } from '#contracts/cicd/execution.js';
import type { Answer } from '../http/answer.js';
import { given } from '../http/given.js';
import { pipelineStateOf } from './states.js';

interface Reading {
  /** The project, as it was asked for. */
  readonly project: string;
  /** Of the integration. */
  readonly baseUrl: string;
  readonly key?: string | undefined;
}

/** A pipeline of GitLab, as one request or a list tells of it. */
export function readExecution(answer: Answer, { project, baseUrl, key }: Reading): Execution {
  const id = answer.id('id');
  const native = answer.text('status');
  const state = pipelineStateOf(native);
  const url = answer.findText('web_url') ?? '';
  return {
    reference: { project: findProject(url, baseUrl) ?? project, pipeline: '', id },
    attempt: 1,
    state,
    native,
    title: answer.findText('name') ?? `#${id}`,
    url,
    ...given({
      ref: answer.findText('ref'),
      commit: answer.findText('sha'),
      trigger: answer.findText('source'),
      actor: answer.findObject('user')?.findText('username'),
      createdAt: answer.findMoment('created_at'),
      startedAt: answer.findMoment('started_at'),
      endedAt: isOver(state) ? answer.findMoment('finished_at') : undefined,
      key,
    }),
  };
}

/**
 * The full path of the project in the address of its pipeline: whoever names a project by its number, or by a name that it
 * had once, means the same one.
 */
function findProject(url: string, baseUrl: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const path = new URL(url).pathname;
  // Of a GitLab that lies below a path of its host.
  const above = new URL(baseUrl).pathname.replace(/\/(api\/v4)?$/, '');
  const below = above !== '' && path.startsWith(`${above}/`) ? path.slice(above.length) : path;
  const found = /^\/(.+?)\/(?:-\/)?pipelines\/\d+$/.exec(below)?.[1];
  try {
    return found === undefined ? undefined : decodeURIComponent(found);
  } catch {
    return undefined;
  }
}

/** As messages name it. */
export function describePipeline({ project, id }: ExecutionReference): string {
  return `pipeline ${id} of ${project}`;
}
