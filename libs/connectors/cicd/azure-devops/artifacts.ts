import type { ExecutionReference, PipelineArtifact } from '#contracts/cicd/execution.js';
import { Answer } from '../http/answer.js';
import { createArtifactExpired } from '../http/pipeline-failure.js';
import { TITLE } from './description.js';
import { type AzureHttp, pathOf } from './http.js';

const MOST_BYTES = 16 * 1024 ** 3;

export async function listArtifacts(
  http: AzureHttp,
  reference: ExecutionReference,
): Promise<readonly PipelineArtifact[]> {
  const { value } = await http.send({
    path: `${pathOf(reference)}/artifacts`,
    subject: `artifacts of run ${reference.id}`,
  });
  return new Answer(value, 'the artifacts').list('value').map((artifact) => {
    const properties = artifact.findObject('resource')?.findObject('properties');
    const size = Number(properties?.findText('artifactsize') ?? Number.NaN);
    const job = artifact.findText('source');
    return {
      id: artifact.id('id'),
      name: artifact.text('name'),
      form: 'archive',
      expired: false,
      ...(Number.isSafeInteger(size) ? { size } : {}),
      ...(job === undefined ? {} : { job }),
    };
  });
}

/**
 * As a ZIP, by its name and from the base URL: `downloadUrl` may lead to any host. Where the platform redirects to its stores,
 * what proves who asks stays behind.
 */
export async function downloadArtifact(
  http: AzureHttp,
  reference: ExecutionReference,
  { name }: PipelineArtifact,
): Promise<AsyncIterable<Uint8Array>> {
  const { status, body } = await http.stream(
    {
      path: `${pathOf(reference)}/artifacts`,
      query: { artifactName: name, $format: 'zip' },
      headers: { accept: 'application/zip' },
      expected: [404, 410],
      subject: `artifact ${name} of run ${reference.id}`,
    },
    MOST_BYTES,
  );
  if (status < 400) return body;
  for await (const _ of body) break;
  throw createArtifactExpired(TITLE, name);
}
