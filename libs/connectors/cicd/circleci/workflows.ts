import { type ExecutionReference, isOver, type PipelineState } from '#contracts/cicd/execution.js';
import type { Answer } from '../http/answer.js';
import { given } from '../http/given.js';
import { type CircleCiApi, pipelinePath } from './api.js';
import { workflowStateOf } from './states.js';

export interface Workflow {
  readonly id: string;
  readonly name: string;
  readonly native: string;
  readonly state: PipelineState;
  /** From 1: a rerun is a workflow of its own with the same name. */
  readonly attempt: number;
  readonly isSetup: boolean;
  readonly startedAt?: number;
  readonly endedAt?: number;
}

/** The last attempt of each, in the order in which they first came. */
export async function listWorkflows(
  api: CircleCiApi,
  { project, id }: ExecutionReference,
): Promise<readonly Workflow[]> {
  const all = await api.all({
    path: `${pipelinePath(id)}/workflow`,
    subject: `workflows of pipeline ${id} of ${project}`,
  });
  const tries = new Map<string, Answer[]>();
  for (const answer of inOrder(all)) {
    const name = answer.text('name');
    const before = tries.get(name);
    if (before === undefined) tries.set(name, [answer]);
    else before.push(answer);
  }
  return [...tries.values()].map((answers) => readWorkflow(answers.at(-1)!, answers.length));
}

/** The oldest first; CircleCI gives the latest first. */
function inOrder(all: readonly Answer[]): readonly Answer[] {
  const momentOf = (answer: Answer) => answer.findMoment('created_at') ?? 0;
  return all.toReversed().sort((a, b) => momentOf(a) - momentOf(b));
}

function readWorkflow(answer: Answer, attempt: number): Workflow {
  const native = answer.text('status');
  const state = workflowStateOf(native);
  return {
    id: answer.text('id'),
    name: answer.text('name'),
    native,
    state,
    attempt,
    isSetup: answer.findText('tag') === 'setup',
    ...given({
      startedAt: answer.findMoment('created_at'),
      endedAt: isOver(state) ? answer.findMoment('stopped_at') : undefined,
    }),
  };
}
