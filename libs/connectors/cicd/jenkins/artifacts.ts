import type { ExecutionReference, PipelineArtifact } from '#contracts/cicd/execution.js';
import { createMisfit } from '../http/answer.js';
import { encodePart } from '../http/encode-part.js';
import { createArtifactExpired } from '../http/pipeline-failure.js';
import { TITLE } from './description.js';
import { findBuild, requireBuild, writeBuildPath } from './follow.js';
import type { JenkinsHttp } from './http.js';

const MOST_BYTES = 16 * 1024 ** 3;

/** Named by their paths in the workspace. */
export async function listArtifacts(
  http: JenkinsHttp,
  reference: ExecutionReference,
): Promise<readonly PipelineArtifact[]> {
  if ((await findBuild(http, reference)) === undefined) return [];
  const { build } = await requireBuild(http, reference, 'artifacts[fileName,relativePath]');
  return build.findList('artifacts').map((artifact) => {
    const path = artifact.text('relativePath');
    if (!isInside(path)) throw createMisfit('an artifact.relativePath', 'a path within the build');
    return { id: path, name: path, form: 'file', expired: false };
  });
}

/** Where Jenkins keeps files elsewhere it redirects there; what proves who asks stays behind. */
export async function downloadArtifact(
  http: JenkinsHttp,
  reference: ExecutionReference,
  { id, name }: PipelineArtifact,
): Promise<AsyncIterable<Uint8Array>> {
  const build = await findBuild(http, reference);
  if (build === undefined || !isInside(id)) throw createArtifactExpired(TITLE, name);
  const file = id.split('/').map((part) => encodePart(TITLE, 'artifact', part));
  const { status, body } = await http.http.stream(
    {
      path: `${writeBuildPath(build.job.path, build.number)}/artifact/${file.join('/')}`,
      headers: { accept: '*/*' },
      expected: [404],
      subject: `artifact ${name}`,
    },
    MOST_BYTES,
  );
  if (status !== 404) return body;
  for await (const _ of body) break;
  throw createArtifactExpired(TITLE, name);
}

function isInside(path: string): boolean {
  return (
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..') && !path.includes('\\')
  );
}
