import { type Execution, isOver } from '#contracts/cicd/execution.js';
import type { Answer } from '../http/answer.js';
import { given } from '../http/given.js';
import { readState } from './states.js';

/** One run, as lists, requests and events have it. */
export function readRun(run: Answer, project: string, isGitea: boolean): Execution {
  const { state, native } = readState(run, isGitea);
  const begun = findMoment(run, 'run_started_at') ?? findMoment(run, 'started_at');
  const pipeline =
    readFile(run.findText('path') ?? '') ?? (run.has('workflow_id') ? run.id('workflow_id') : '');
  const ended = findMoment(run, 'completed_at') ?? findMoment(run, 'updated_at');
  const actor = run.findObject('triggering_actor') ?? run.findObject('actor');
  return {
    reference: { project, pipeline, id: run.id('id') },
    // Gitea does not count.
    attempt: Math.max(1, run.findNumber('run_attempt') ?? 1),
    state,
    native,
    title: run.findText('display_title') || run.findText('name') || pipeline,
    url: run.findText('html_url') ?? '',
    ...given({
      ref: run.findText('head_branch'),
      commit: run.findText('head_sha'),
      trigger: run.findText('event'),
      actor: actor?.findText('login'),
      createdAt: findMoment(run, 'created_at') ?? begun,
      startedAt: state === 'queued' ? undefined : begun,
      endedAt: isOver(state) ? ended : undefined,
    }),
  };
}

/** The file of a workflow: of `.github/workflows/build.yml` as of `build.yml@refs/heads/main` it is `build.yml`. */
export function readFile(path: string): string | undefined {
  const [, file] = /^(?:.*\/)?([^/@]+\.ya?ml)(@.*)?$/.exec(path) ?? [];
  return file;
}

/** Gitea writes the beginning of its time where there is none. */
export function findMoment(answer: Answer, name: string): number | undefined {
  const moment = answer.findMoment(name);
  return moment === undefined || moment <= 0 ? undefined : moment;
}
