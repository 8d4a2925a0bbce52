import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { INSTANCE_VARIABLE } from '../../apps/local/instance.js';
import { onStopRequest } from '../../apps/local/on-stop-request.js';
import { openReaper, type Reaper } from '../../apps/local/open-reaper.js';
import type { Belonging } from '../../libs/host/process.js';
import { placeOfPostgres } from './test-servers.js';

/** What programs of tests run in; nothing of it stays. */
export interface Surroundings {
  readonly reaper: Reaper;
  readonly belonging: Belonging;
  /** Removed in the end. */
  readonly folder: string;
  /** Of all tools and servers. */
  readonly env: NodeJS.ProcessEnv;
  readonly interrupted: AbortSignal;
}

/** Does the work, then stops and removes whatever it left, also where this process is killed meanwhile. */
export async function withSurroundings<T>(
  variables: Readonly<Record<string, string>>,
  work: (surroundings: Surroundings) => Promise<T>,
): Promise<T> {
  const interrupted = listenToSignals();
  const instance = `test-${randomUUID()}`;
  const folder = makeFolder();
  const belonging = { mark: `${INSTANCE_VARIABLE}=${instance}`, folders: [folder] };
  const reaper = await openReaper({
    belonging,
    strayGraceMs: 500,
    remove: [placeOfPostgres(folder), folder],
  });
  const env = {
    ...withoutSettings(process.env),
    ...variables,
    [INSTANCE_VARIABLE]: instance,
    TMPDIR: folder,
  };
  return work({ reaper, belonging, folder, env, interrupted }).finally(() => reaper.finish());
}

function listenToSignals(): AbortSignal {
  const interrupt = new AbortController();
  onStopRequest((reason) => interrupt.abort(new Error(reason)));
  return interrupt.signal;
}

/** Root runs Postgres as another user, who passes through this folder but cannot list it. */
function makeFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-tests-')));
  chmodSync(folder, 0o711);
  return folder;
}

/** The person's own settings are for his platform; tests neither use nor disturb it. Where their data lies is theirs. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) => !/^(SLUICE_(?!TEST_(DATA|SEED)$)|TEMPORAL_(?!CLI)|DATABASE_URL$|PG|NODE_OPTIONS$)/.test(name),
  );
  return Object.fromEntries(kept);
}
