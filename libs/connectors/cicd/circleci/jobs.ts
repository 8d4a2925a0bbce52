import { type ExecutionReference, isOver, type PipelineJob } from '#contracts/cicd/execution.js';
import type { Answer } from '../http/answer.js';
import { given } from '../http/given.js';
import { createRefusal } from '../http/refusal.js';
import { type CircleCiApi, TITLE, workflowPath } from './api.js';
import { recall, remember } from './recent.js';
import { jobStateOf } from './states.js';
import { listWorkflows, type Workflow } from './workflows.js';

/** Key of Connection.memory. */
const NUMBERS = 'circleci-job-numbers';

/** A job, and the number by which most of the API knows it; one that has not begun has none. */
export interface NumberedJob {
  readonly job: PipelineJob;
  readonly number: string | undefined;
}

/** Those of the last attempt of every workflow; its name is their stage. */
export async function listJobs(
  api: CircleCiApi,
  reference: ExecutionReference,
): Promise<readonly NumberedJob[]> {
  const all: NumberedJob[] = [];
  for (const workflow of await listWorkflows(api, reference)) {
    const jobs = await api.all({
      path: `${workflowPath(workflow.id)}/job`,
      subject: `jobs of workflow ${workflow.name} of pipeline ${reference.id}`,
    });
    all.push(...jobs.map((answer) => readJob(answer, workflow)));
  }
  const { memory } = api.connection;
  for (const { job, number } of all) if (number !== undefined) remember(memory, NUMBERS, job.id, number);
  return all;
}

function readJob(answer: Answer, workflow: Workflow): NumberedJob {
  const native = answer.text('status');
  const told = jobStateOf(native);
  // What waited for a job that failed waits on in name only.
  const state = isOver(workflow.state) && !isOver(told) ? 'skipped' : told;
  const number = answer.has('job_number') ? answer.id('job_number') : undefined;
  return {
    number,
    job: {
      id: answer.text('id'),
      name: answer.text('name'),
      state,
      native,
      attempt: workflow.attempt,
      stage: workflow.name,
      mayFail: false,
      ...given({
        startedAt: answer.findMoment('started_at'),
        endedAt: isOver(state) ? answer.findMoment('stopped_at') : undefined,
      }),
    },
  };
}

/** Undefined: it has not begun, or is an approval. Throws SluiceError `platform-not-found`. */
export async function findNumber(
  api: CircleCiApi,
  reference: ExecutionReference,
  id: string,
): Promise<string | undefined> {
  const known = recall<string>(api.connection.memory, NUMBERS, id);
  if (known !== undefined) return known;
  const found = (await listJobs(api, reference)).find(({ job }) => job.id === id);
  if (found === undefined) {
    const subject = `job ${id} in pipeline ${reference.id}`;
    throw createRefusal({ title: TITLE, subject, status: 404, words: '' });
  }
  return found.number;
}
