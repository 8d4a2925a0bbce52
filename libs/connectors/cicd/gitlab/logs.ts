import { type ExecutionReference, isOver } from '#contracts/cicd/execution.js';
import { Answer } from '../http/answer.js';
import { createRefusal } from '../http/refusal.js';
import type { LogPart } from '../platform.js';
import { type GitLabApi, jobPath, pipelinePath } from './api.js';
import { describePipeline } from './execution.js';
import { readJob } from './jobs.js';
import { TITLE } from './manners.js';

/** Far more than GitLab keeps of a log. */
const MOST_BYTES = 4 * 1024 ** 3;

/** The state is asked for first: what comes after it in the log is not taken for all there is. */
export async function readLog(
  api: GitLabApi,
  reference: ExecutionReference,
  job: string,
  offset: number,
): Promise<LogPart> {
  const subject = `log of job ${job} of ${reference.project}`;
  const { status, value } = await api.get({
    path: jobPath(reference.project, job),
    subject,
    expected: [404],
  });
  if (status === 404) return readNothing(api, reference, job);
  const { state } = readJob(new Answer(value, 'the job'), 1);
  const streamed = await api.stream(
    {
      path: `${jobPath(reference.project, job)}/trace`,
      // Of what is compressed on the way, offsets would mean other bytes.
      headers: {
        accept: 'text/plain',
        'accept-encoding': 'identity',
        ...(offset > 0 ? { range: `bytes=${offset}-` } : {}),
      },
      subject,
      expected: [416],
    },
    MOST_BYTES,
  );
  const bytes =
    streamed.status === 416 ? nothing() : skip(streamed.body, streamed.status === 206 ? 0 : offset);
  return { bytes, complete: isOver(state) };
}

/** A trigger job is none of those that can be asked for, and has no log. */
async function readNothing(api: GitLabApi, reference: ExecutionReference, job: string): Promise<LogPart> {
  const { project, id } = reference;
  const subject = `job ${job} of ${describePipeline(reference)}`;
  const bridges = await api.all({ path: `${pipelinePath(project, id)}/bridges`, subject });
  if (!bridges.some((bridge) => bridge.id('id') === job))
    throw createRefusal({ title: TITLE, subject, status: 404, words: '' });
  return { bytes: nothing(), complete: true };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function* skip(bytes: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const part of bytes) {
    if (left < part.length) yield left === 0 ? part : part.subarray(left);
    left = Math.max(0, left - part.length);
  }
}
