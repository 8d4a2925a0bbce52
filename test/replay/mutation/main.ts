import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readBundle } from '../bundle.js';
import { readHistories } from '../history-files.js';
import type { Notice } from '../notice.js';
import { LineCoverage } from '../recording/coverage.js';
import { replayHistories } from '../replay-histories.js';
import { chooseMutants, describeMutant, findMutants, type Mutant } from './mutants.js';

/**
 * `npm run evaluate:replay -- [COUNT] [SEED]`: how many small changes of the interpreter the recorded histories notice,
 * which of them notice, and which changes nobody notices.
 */
const LIMIT_MS = 120_000;
const HANGS: Notice = { by: 'replay', history: 'none: it does not come back' };

let child: ChildProcess | undefined;

await main(Number(process.argv[2] ?? 100), Number(process.argv[3] ?? 1));
process.exit(0);

async function main(count: number, seed: number): Promise<void> {
  const code = readBundle();
  const all = findMutants(code);
  const chosen = chooseMutants(all, count, seed);
  const reached = await findReached(code, chosen);
  const notices = new Map<Mutant, Notice | null>();
  for (const mutant of chosen) {
    const notice = reached.has(mutant) ? await tryMutant(mutant) : null;
    notices.set(mutant, notice);
    const missed = reached.has(mutant) ? 'MISSED' : 'NOT RUN';
    const how = notice === null ? missed : `${notice.by} ${notice.history}`;
    console.log(`${how} | ${describeMutant(code, mutant)}`);
  }
  child?.kill('SIGKILL');
  const noticed = [...notices.values()].filter((notice) => notice !== null);
  const share = (part: number, of: number) => `${part} of ${of} (${Math.round((100 * part) / of)} %)`;
  console.log(`seed ${seed}: ${chosen.length} of ${all.length} possible changes`);
  console.log(`noticed: ${share(noticed.length, chosen.length)}`);
  console.log(`noticed, of those in lines that run: ${share(noticed.length, reached.size)}`);
  for (const by of ['replay', 'letters', 'prefixes'] as const)
    console.log(`  first by ${by}: ${noticed.filter((notice) => notice.by === by).length}`);
  console.log(
    `histories that notice something first: ${new Set(noticed.map(({ history }) => history)).size}`,
  );
}

/** Those that stand in lines that a history has run. */
async function findReached(code: string, mutants: readonly Mutant[]): Promise<Set<Mutant>> {
  const coverage = await LineCoverage.start(code);
  const lines = new Set<number>();
  for await (const _ of replayHistories(code, readHistories())) {
    for (const line of await coverage.take()) lines.add(line);
  }
  coverage.close();
  return new Set(mutants.filter(({ at, from }) => lines.has(beginOfLine(code, at + from.length - 1))));
}

function beginOfLine(code: string, at: number): number {
  const line = code.lastIndexOf('\n', at) + 1;
  return line + /^ */.exec(code.slice(line, line + 200))![0].length;
}

function tryMutant(mutant: Mutant): Promise<Notice | null> {
  child ??= fork(fileURLToPath(new URL('./try-mutants.js', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const asked = child;
  return new Promise((resolve) => {
    const end = (notice: Notice | null): void => {
      clearTimeout(timer);
      asked.removeAllListeners();
      if (notice === HANGS) {
        asked.kill('SIGKILL');
        child = undefined;
      }
      resolve(notice);
    };
    const timer = setTimeout(() => end(HANGS), LIMIT_MS);
    asked.once('message', (notice) => end(notice as Notice | null)).once('exit', () => end(HANGS));
    asked.send(mutant);
  });
}
