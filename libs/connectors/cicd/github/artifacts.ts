import type { ExecutionReference, PipelineArtifact } from '#contracts/cicd/execution.js';
import { encodePart } from '../http/encode-part.js';
import { given } from '../http/given.js';
import { createArtifactExpired } from '../http/pipeline-failure.js';
import { type GitHubApi, repositoryPath, runPath } from './api.js';

const TITLE = 'GitHub';
const MOST_BYTES = 16 * 1024 ** 3;

export async function listArtifacts(
  api: GitHubApi,
  { project, id }: ExecutionReference,
): Promise<readonly PipelineArtifact[]> {
  const request = {
    path: `${runPath(project, id)}/artifacts`,
    subject: `artifacts of run ${id} of ${project}`,
  };
  const artifacts = await api.all({ request, field: 'artifacts' });
  return artifacts.map((artifact) => ({
    id: artifact.id('id'),
    name: artifact.text('name'),
    form: 'archive',
    expired: artifact.findBoolean('expired') ?? false,
    ...given({ size: artifact.findNumber('size_in_bytes') }),
  }));
}

/** Throws SluiceError `artifact-expired`. */
export async function openArtifact(
  api: GitHubApi,
  { project }: ExecutionReference,
  { id, name, expired }: PipelineArtifact,
): Promise<AsyncIterable<Uint8Array>> {
  if (expired) throw createArtifactExpired(TITLE, name);
  const artifact = encodePart(TITLE, 'artifact', id);
  const answer = await api.http.stream(
    {
      path: `${repositoryPath(project)}/actions/artifacts/${artifact}/zip`,
      headers: { accept: '*/*' },
      subject: `artifact ${name} of ${project}`,
      expected: [410],
    },
    MOST_BYTES,
  );
  if (answer.status !== 410) return answer.body;
  for await (const _ of answer.body) break;
  throw createArtifactExpired(TITLE, name);
}
