import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkspaceRegistry } from '#contracts/ports.js';

const BEAT_MS = 5_000;
const SWEEP_MS = 60_000;

interface Retention {
  readonly registry: WorkspaceRegistry;
  readonly queue: string;
  readonly identity: string;
  readonly workspaces: string;
  readonly retentionMs: number;
  readonly warn: (message: string) => void;
}

/** Tells that this worker lives, and removes the workspaces of runs that ended long enough ago, until stopped. */
export async function keepWorkspaces(retention: Retention): Promise<() => void> {
  const { registry, queue, identity, warn } = retention;
  const attempt = (work: () => Promise<void>) => () => {
    work().catch((error: unknown) =>
      warn(`workspaces: ${error instanceof Error ? error.message : String(error)}`),
    );
  };
  await registry.beat({ queue, identity });
  const timers = [
    setInterval(
      attempt(() => registry.beat({ queue, identity })),
      BEAT_MS,
    ),
    setInterval(
      attempt(() => removeOld(retention)),
      SWEEP_MS,
    ),
  ];
  attempt(() => removeOld(retention))();
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}

async function removeOld({ registry, queue, workspaces, retentionMs }: Retention): Promise<void> {
  for (const run of await registry.removable(queue, retentionMs)) {
    await rm(join(workspaces, run), { recursive: true, force: true });
    await registry.released(run, queue);
  }
}
