import { createHash } from 'node:crypto';
import { writeZip } from './zip.js';

/** What a job knows of where its artifacts go. */
interface Destination {
  readonly url: string;
  /** Of the job, while it runs. */
  readonly token: string;
  readonly run: string;
}

/** As version 4 of `actions/upload-artifact` does: an archive is announced, sent and declared whole. */
export async function uploadArtifact(
  destination: Destination,
  name: string,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<void> {
  const { token, run } = destination;
  const service = `${destination.url}/twirp/github.actions.results.api.v1.ArtifactService`;
  const ask = async (method: string, body: object) => {
    const response = await fetch(`${service}/${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ workflowRunBackendId: run, workflowJobRunBackendId: run, name, ...body }),
    });
    if (!response.ok) throw new Error(`${method} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as { signedUploadUrl: string };
  };
  const archive = writeZip(files);
  const { signedUploadUrl } = await ask('CreateArtifact', { version: 4 });
  const sent = await fetch(`${signedUploadUrl}&comp=appendBlock`, { method: 'PUT', body: archive });
  if (!sent.ok) throw new Error(`The upload answered ${sent.status}: ${await sent.text()}`);
  const digest = createHash('sha256').update(archive).digest('hex');
  await ask('FinalizeArtifact', { size: String(archive.length), hash: `sha256:${digest}` });
}
