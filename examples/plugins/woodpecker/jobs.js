import { TITLE } from './description.js';
import { describe, getPipeline } from './pipelines.js';
import { stateOf } from './states.js';

/** @import { Answer } from 'sluice/cicd/http/answer.js' */
/** @import { ExecutionReference, PipelineJob, PipelineStep } from 'sluice/contracts/cicd/execution.js' */
/** @import { Server } from './server.js' */

/**
 * A workflow is what Woodpecker gives to one agent.
 * @param {Server} server
 * @param {ExecutionReference} reference
 * @returns {Promise<readonly PipelineJob[]>}
 */
export async function listJobs(server, reference) {
  const { answer } = await getPipeline(server, reference);
  const createdAt = server.findMoment(answer, 'created');
  return answer.findList('workflows').map((workflow) => readJob(server, workflow, createdAt));
}

/**
 * @param {Server} server
 * @param {ExecutionReference} reference
 * @param {string} job
 * @returns {Promise<readonly PipelineStep[]>}
 */
export async function listSteps(server, reference, job) {
  const { workflow } = await getWorkflow(server, reference, job);
  return workflow.findList('children').map((step) => readStep(server, step));
}

/**
 * Throws `platform-not-found`.
 * @param {Server} server
 * @param {ExecutionReference} reference
 * @param {string} job
 */
export async function getWorkflow(server, reference, job) {
  const { answer, repository } = await getPipeline(server, reference);
  const workflow = answer.findList('workflows').find((each) => each.id('id') === job);
  if (workflow !== undefined) return { workflow, repository };
  const subject = `job ${job.slice(0, 100)} of ${describe(reference)}`;
  throw server.kit.createRefusal({ title: TITLE, subject, status: 404, words: '' });
}

/**
 * @param {Server} server
 * @param {Answer} workflow
 * @param {number | undefined} createdAt
 * @returns {PipelineJob}
 */
function readJob(server, workflow, createdAt) {
  return {
    id: workflow.id('id'),
    ...readStep(server, workflow),
    attempt: 1,
    mayFail: false,
    steps: workflow.findList('children').map((step) => readStep(server, step)),
    ...server.kit.given({ createdAt, runner: workflow.findText('platform') }),
  };
}

/**
 * What workflows and steps have.
 * @param {Server} server
 * @param {Answer} answer
 * @returns {PipelineStep}
 */
function readStep(server, answer) {
  const native = answer.text('state');
  const state = stateOf(native);
  return {
    name: answer.text('name'),
    state,
    native,
    ...server.kit.given({
      startedAt: server.findMoment(answer, 'started'),
      endedAt: server.kit.isOver(state) ? server.findMoment(answer, 'finished') : undefined,
    }),
  };
}
