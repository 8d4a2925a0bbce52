import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { INSTANCE_VARIABLE } from '../../apps/local/instance.js';
import { onStopRequest } from '../../apps/local/on-stop-request.js';
import { openReaper } from '../../apps/local/open-reaper.js';
import { createProgress } from '../../apps/local/progress.js';
import { parseArguments, type TestArguments } from './arguments.js';
import { addTallies, formatTally, ONE_FAILED, type Tally } from './tally.js';
import { runTests } from './test-run.js';
import { placeOfPostgres } from './test-servers.js';

/** `npm test`: every check and every test, with servers of its own; nothing of it stays. */

process.exit(await main());

async function main(): Promise<number> {
  try {
    const tally = addTallies(await run(parseArguments(process.argv.slice(2))));
    console.log(formatTally(tally));
    return tally.failed === 0 ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.log(formatTally(ONE_FAILED));
    return 1;
  }
}

async function run(wanted: TestArguments): Promise<Tally[]> {
  const interrupted = listenToSignals();
  const instance = `test-${randomUUID()}`;
  const folder = makeFolder();
  const belonging = { mark: `${INSTANCE_VARIABLE}=${instance}`, folders: [folder] };
  const reaper = await openReaper({
    belonging,
    strayGraceMs: 500,
    remove: [placeOfPostgres(folder), folder],
  });
  try {
    const env = {
      ...withoutSettings(process.env),
      ...wanted.env,
      [INSTANCE_VARIABLE]: instance,
      TMPDIR: folder,
    };
    const progress = createProgress(process.stdout, interrupted);
    const tallies = await runTests({ wanted, progress, reaper, belonging, folder, env, interrupted });
    const green = tallies.every(({ failed }) => failed === 0);
    return interrupted.aborted && green ? [...tallies, ONE_FAILED] : tallies;
  } finally {
    await reaper.finish();
  }
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
