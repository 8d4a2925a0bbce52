import type { ExecutionReference, PipelineArtifact } from '#contracts/cicd/execution.js';
import type { Answer } from '../http/answer.js';
import { findToken } from '../http/credentials.js';
import { encodePart } from '../http/encode-part.js';
import { createArtifactExpired } from '../http/pipeline-failure.js';
import { createRefusal } from '../http/refusal.js';
import { type CircleCiApi, projectPath, TITLE, TOKEN_HEADER } from './api.js';
import { listJobs } from './jobs.js';

const TIMEOUT_MS = 30_000;
const MOST_BYTES = 64 * 1024 ** 3;

/** Files, by job, machine and path. */
export async function listArtifacts(
  api: CircleCiApi,
  reference: ExecutionReference,
): Promise<readonly PipelineArtifact[]> {
  const all: PipelineArtifact[] = [];
  for (const { job, number } of await listJobs(api, reference)) {
    if (number === undefined) continue;
    for (const answer of await listFiles(api, reference, number)) {
      const name = answer.text('path');
      all.push({ id: idOf(number, answer), name, form: 'file', job: job.id, expired: false });
    }
  }
  return all;
}

function idOf(number: string, file: Answer): string {
  return `${number}/${file.findNumber('node_index') ?? 0}/${file.text('path')}`;
}

function listFiles(
  api: CircleCiApi,
  { project }: ExecutionReference,
  number: string,
): Promise<readonly Answer[]> {
  return api.all({
    path: `${projectPath(project)}/${encodePart(TITLE, 'job', number)}/artifacts`,
    subject: `artifacts of job ${number} of ${project}`,
  });
}

/** Its address is asked for anew: it is the platform's own, whatever became of the artifact in between. */
export async function download(
  api: CircleCiApi,
  reference: ExecutionReference,
  { id, name }: PipelineArtifact,
): Promise<AsyncIterable<Uint8Array>> {
  const number = /^(\d+)\//.exec(id)?.[1];
  const files = number === undefined ? [] : await listFiles(api, reference, number);
  const url = files.find((file) => idOf(number!, file) === id)?.text('url');
  if (url === undefined) throw createArtifactExpired(TITLE, name);
  const { connection } = api;
  const token = isTrusted(api, url) ? { [TOKEN_HEADER]: await findToken(connection) } : {};
  const { status, body } = await connection.stream({
    url,
    method: 'GET',
    headers: { accept: '*/*', ...token },
    secretHeaders: [TOKEN_HEADER],
    timeoutMs: TIMEOUT_MS,
    maxBytes: MOST_BYTES,
  });
  if (status === 200) return body;
  await body[Symbol.asyncIterator]().return?.();
  if (status === 404 || status === 410) throw createArtifactExpired(TITLE, name);
  throw createRefusal({ title: TITLE, subject: `artifact ${name}`, status, words: '' });
}

/** Artifacts lie at a host of their own, which wants the token; no other one is sent it. */
function isTrusted({ connection }: CircleCiApi, url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { origin, protocol, hostname } = new URL(url);
  const base = new URL(connection.baseUrl);
  if (origin === base.origin) return true;
  if (protocol !== 'https:') return false;
  const named = connection.options['artifactHosts'];
  const isNamed = Array.isArray(named) && named.includes(hostname);
  return isNamed || (base.hostname === 'circleci.com' && hostname.endsWith('.circle-artifacts.com'));
}
