import { setTimeout as sleep } from 'node:timers/promises';
import { isUnsupported, type PlatformClient } from '#connectors/cicd/platform.js';
import { type Execution, type ExecutionReference, isOver } from '#contracts/cicd/execution.js';

const POLL_MS = 200;
const LIMIT_MS = 120_000;

/** What a job's log gave, part by part. */
export interface FollowedLog {
  readonly text: string;
  /** Parts in which it came. */
  readonly parts: number;
}

/** Asks for its state until it is over. */
export async function untilOver(client: PlatformClient, reference: ExecutionReference): Promise<Execution> {
  return until(async () => {
    const execution = await client.status(reference);
    return isOver(execution.state) ? execution : undefined;
  });
}

/** From where it was left, until nothing is added any more. */
export async function followLog(
  client: PlatformClient,
  reference: ExecutionReference,
  job: string,
): Promise<FollowedLog> {
  const parts: Buffer[] = [];
  let offset = 0;
  return until(async () => {
    const part = await client.logs(reference, job, offset);
    if (isUnsupported(part)) throw new Error(part.instead);
    const bytes: Uint8Array[] = [];
    for await (const each of part.bytes) bytes.push(each);
    const more = Buffer.concat(bytes);
    if (more.length > 0) parts.push(more);
    offset += more.length;
    if (!part.complete) return undefined;
    return { text: Buffer.concat(parts).toString('utf8'), parts: parts.length };
  });
}

/** What `look` finds, sooner or later. */
export async function until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (const since = Date.now(); Date.now() - since < LIMIT_MS; await sleep(POLL_MS)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`It did not come about in ${LIMIT_MS / 1_000} s.`);
}

export async function readAll(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}
