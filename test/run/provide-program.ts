import { secondsSince } from '../../apps/local/progress.js';
import type { Provision } from '../programs/cache.js';
import type { TestRun } from './test-run.js';

/** A program of others that tests are run with. */
export interface RealServer {
  readonly title: string;
  /** By which tests find it; `<variable>_MISSING` says why there is none. */
  readonly variable: string;
  readonly provide: (provision: Provision) => Promise<string>;
}

/** Variables by which tests find it, or the reason why there is none, which is shown too. */
export async function provideProgram(
  run: TestRun,
  { title, variable, provide }: RealServer,
): Promise<Record<string, string>> {
  const since = Date.now();
  const { env, progress, reaper } = run;
  const onSpawn = (pid: number) => reaper.watch(pid, { signal: 'SIGTERM', graceMs: 3_000, order: 1 });
  try {
    const program = await progress.during(title, (onProgress) => provide({ env, onProgress, onSpawn }));
    progress.line(`✓ ${title} (${secondsSince(since)})`);
    return { [variable]: program };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    progress.line(`– ${title}: ${reason}`);
    return { [`${variable}_MISSING`]: reason };
  }
}
