import type { ExecutionReference, PipelineState, PipelineStep } from '#contracts/cicd/execution.js';
import { Answer } from '../http/answer.js';
import { encodePart } from '../http/encode-part.js';
import { given } from '../http/given.js';
import { type CircleCiApi, partedPath, TITLE } from './api.js';

/** A job as version 1.1 tells of it, the only one that knows steps. */
export interface Build {
  readonly isOver: boolean;
  readonly steps: readonly Step[];
}

interface Step {
  readonly name: string;
  /** One for each machine on which the job runs. */
  readonly actions: readonly Action[];
}

export interface Action {
  /** Unique in the job. */
  readonly id: string;
  readonly native: string;
  readonly state: PipelineState;
  readonly isOver: boolean;
  readonly outputUrl?: string;
  readonly startedAt?: number;
  readonly endedAt?: number;
}

export async function getBuild(
  api: CircleCiApi,
  { project }: ExecutionReference,
  number: string,
): Promise<Build> {
  const { value } = await api.getOld({
    path: `${partedPath(project)}/${encodePart(TITLE, 'job', number)}`,
    subject: `job ${number} of ${project}`,
  });
  const build = new Answer(value, 'the job');
  const steps = build.findList('steps').map(
    (step, at): Step => ({
      name: step.findText('name') ?? '',
      actions: step.findList('actions').map((action, index) => readAction(action, `${at}.${index}`)),
    }),
  );
  return { isOver: build.findText('lifecycle') === 'finished' || build.has('stop_time'), steps };
}

const STATES: ReadonlyMap<string, PipelineState> = new Map([
  ['success', 'succeeded'],
  ['running', 'running'],
  ['queued', 'queued'],
  ['not_running', 'queued'],
  ['failed', 'failed'],
  ['timedout', 'failed'],
  ['infrastructure_fail', 'failed'],
  ['canceled', 'canceled'],
  ['skipped', 'skipped'],
  ['not_run', 'skipped'],
]);

function readAction(action: Answer, id: string): Action {
  const native = action.findText('status') ?? 'running';
  const state = STATES.get(native) ?? 'running';
  const isOver = state !== 'running' && state !== 'queued';
  return {
    id,
    native,
    state,
    isOver,
    ...given({
      outputUrl: action.findText('output_url'),
      startedAt: action.findMoment('start_time'),
      endedAt: isOver ? action.findMoment('end_time') : undefined,
    }),
  };
}

/** What weighs most of the actions of a step is what it is. */
const WEIGHTS: readonly PipelineState[] = ['running', 'queued', 'failed', 'canceled', 'succeeded', 'skipped'];

export function readSteps({ steps }: Build): readonly PipelineStep[] {
  return steps.map(({ name, actions }): PipelineStep => {
    const states = new Set(actions.map(({ state }) => state));
    const started = actions.flatMap(({ startedAt }) => startedAt ?? []);
    const ended = actions.flatMap(({ endedAt }) => endedAt ?? []);
    return {
      name,
      state: WEIGHTS.find((state) => states.has(state)) ?? 'queued',
      native: [...new Set(actions.map(({ native }) => native))].join(', '),
      ...given({
        startedAt: started.length === 0 ? undefined : Math.min(...started),
        endedAt: ended.length < actions.length || ended.length === 0 ? undefined : Math.max(...ended),
      }),
    };
  });
}
