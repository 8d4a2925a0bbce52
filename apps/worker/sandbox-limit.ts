import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Until a worker whose workflows were stuck tries again without a limit. */
const LIMITED_MS = 3_600_000;

/**
 * Whether workflows were stuck in this worker lately: it limits each call into their sandbox then, which costs time but
 * confines a run that never ends its turn to itself.
 */
export async function isSandboxLimited(home: string, now = Date.now()): Promise<boolean> {
  const until = await readFile(fileOf(home), 'utf8').catch(() => '');
  const left = Date.parse(until) - now;
  return left > 0 && left <= LIMITED_MS;
}

/** To be found at the next start. */
export async function limitSandbox(home: string, now = Date.now()): Promise<void> {
  await writeFile(fileOf(home), new Date(now + LIMITED_MS).toISOString());
}

function fileOf(home: string): string {
  return join(home, 'sandbox-limited-until');
}
