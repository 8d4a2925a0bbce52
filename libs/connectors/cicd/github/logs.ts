import { type ExecutionReference, isOver } from '#contracts/cicd/execution.js';
import type { StreamedResponse } from '../../http/safe-client.js';
import type { LogPart } from '../platform.js';
import { type GitHubApi, jobPath } from './api.js';
import { fetchJob } from './jobs.js';

/** Of one log; what is larger is cut off with an error. */
const MOST_BYTES = 4 * 1024 ** 3;

/** GitHub has the log of a job once that is over, Gitea as it grows. */
export async function openLog(
  api: GitHubApi,
  { project }: ExecutionReference,
  job: string,
  offset: number,
): Promise<LogPart> {
  const { state } = await fetchJob(api, project, job);
  const complete = isOver(state);
  if (!complete && !api.isGitea) return { bytes: nothing(), complete };
  const range = offset === 0 ? {} : { range: `bytes=${offset}-`, 'accept-encoding': 'identity' };
  const answer = await api.http.stream(
    {
      path: `${jobPath(project, job)}/logs`,
      headers: { accept: '*/*', ...range },
      subject: `log of job ${job} of ${project}`,
      // Nothing there yet, and nothing beyond.
      expected: complete ? [416] : [404, 416],
    },
    MOST_BYTES,
  );
  if (answer.status >= 400) {
    for await (const _ of answer.body) break;
    return { bytes: nothing(), complete };
  }
  return { bytes: offset === 0 ? answer.body : skip(answer, offset), complete };
}

/** The store of the log may take the range, begin elsewhere than asked for, or send everything. */
async function* skip(
  { status, headers, body }: StreamedResponse,
  offset: number,
): AsyncGenerator<Uint8Array> {
  const [, first] = /^bytes (\d+)-/.exec(headers['content-range'] ?? '') ?? [];
  let left = status === 206 ? offset - Number(first ?? offset) : offset;
  for await (const part of body) {
    if (part.length > left) yield left === 0 ? part : part.subarray(left);
    left = Math.max(0, left - part.length);
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // Nothing yet.
}
