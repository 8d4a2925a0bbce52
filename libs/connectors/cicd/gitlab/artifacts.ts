import type { ExecutionReference, PipelineArtifact } from '#contracts/cicd/execution.js';
import type { Answer } from '../http/answer.js';
import { given } from '../http/given.js';
import { createArtifactExpired } from '../http/pipeline-failure.js';
import { type GitLabApi, jobPath } from './api.js';
import { listJobs } from './jobs.js';
import { TITLE } from './manners.js';

const USUAL_FILE = 'artifacts.zip';
/** Far more than GitLab takes of a job. */
const MOST_BYTES = 64 * 1024 ** 3;

/** One archive of each job, those of child pipelines too. What is gone left its date behind. */
export async function listArtifacts(
  api: GitLabApi,
  reference: ExecutionReference,
): Promise<readonly PipelineArtifact[]> {
  const now = Date.now();
  return (await listJobs(api, reference)).flatMap(({ answer }) => readArtifact(answer, now));
}

function readArtifact(job: Answer, now: number): readonly PipelineArtifact[] {
  const file = job.findObject('artifacts_file');
  const name = file?.findText('filename');
  const expiresAt = job.findMoment('artifacts_expire_at');
  const isGone = name === undefined;
  if (isGone && (expiresAt === undefined || expiresAt > now)) return [];
  const id = job.id('id');
  return [
    {
      id,
      name: nameOf(name, job.text('name')),
      form: 'archive',
      job: id,
      // A date that has passed says nothing where there is a file: the last ones are kept.
      expired: isGone,
      ...given({ size: file?.findNumber('size') }),
    },
  ];
}

/** What `artifacts: name` says; else all are called the same. */
function nameOf(file: string | undefined, job: string): string {
  return file === undefined || file === USUAL_FILE ? job : file.replace(/\.zip$/, '');
}

export async function download(
  api: GitLabApi,
  { project }: ExecutionReference,
  { id, name }: PipelineArtifact,
): Promise<AsyncIterable<Uint8Array>> {
  const { status, body } = await api.stream(
    {
      path: `${jobPath(project, id)}/artifacts`,
      headers: { accept: '*/*' },
      subject: `artifacts of job ${id} of ${project}`,
      expected: [404],
    },
    MOST_BYTES,
  );
  if (status === 404) throw createArtifactExpired(TITLE, name);
  return body;
}
