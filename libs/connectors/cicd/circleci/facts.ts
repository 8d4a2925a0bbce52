import type { ExecutionReference } from '#contracts/cicd/execution.js';
import { Answer } from '../http/answer.js';
import { given } from '../http/given.js';
import { type CircleCiApi, pipelinePath } from './api.js';
import { recall, remember } from './recent.js';

/** What CircleCI calls a pipeline: all but how its workflows fare. */
export interface Facts {
  readonly id: string;
  readonly number: string;
  readonly slug: string;
  /** `created`, `errored`, `setup-pending`, `setup`, `pending`. */
  readonly state: string;
  readonly errors: readonly string[];
  readonly branch?: string;
  readonly tag?: string;
  readonly commit?: string;
  readonly trigger?: string;
  readonly actor?: string;
  readonly createdAt?: number;
}

/** Key of Connection.memory. */
const KIND = 'circleci-pipelines';
const FINAL = ['created', 'errored'];

export function readFacts(answer: Answer): Facts {
  const vcs = answer.findObject('vcs');
  const trigger = answer.findObject('trigger');
  return {
    id: answer.text('id'),
    number: answer.id('number'),
    slug: answer.text('project_slug'),
    state: answer.text('state'),
    errors: answer.findList('errors').map((error) => error.findText('message') ?? ''),
    ...given({
      branch: vcs?.findText('branch'),
      tag: vcs?.findText('tag'),
      commit: vcs?.findText('revision'),
      trigger: trigger?.findText('type'),
      actor: trigger?.findObject('actor')?.findText('login'),
      createdAt: answer.findMoment('created_at'),
    }),
  };
}

/** Those of a pipeline that is made change no more: they are asked for once. */
export async function getFacts(api: CircleCiApi, { project, id }: ExecutionReference): Promise<Facts> {
  const { memory } = api.connection;
  const known = recall<Facts>(memory, KIND, id);
  if (known !== undefined) return known;
  const { value } = await api.get({ path: pipelinePath(id), subject: `pipeline ${id} of ${project}` });
  const facts = readFacts(new Answer(value, 'the pipeline'));
  keepFacts(memory, facts);
  return facts;
}

export function keepFacts(memory: Map<string, unknown>, facts: Facts): void {
  if (FINAL.includes(facts.state)) remember(memory, KIND, facts.id, facts);
}
