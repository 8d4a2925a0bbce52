import { createProgress, type Progress } from '../../../apps/local/progress.js';
import { findFreePort } from '../../../libs/host/port.js';
import { provideTemporal } from '../../../temporal/server/provide-temporal.js';
import { type Surroundings, withSurroundings } from '../../run/surroundings.js';
import { readBundle } from '../bundle.js';
import {
  encodeHistory,
  type NamedHistory,
  readHistories,
  replaceHistories,
  writeLetters,
} from '../history-files.js';
import { type Letter, letterOf } from '../letter.js';
import { replayHistories } from '../replay-histories.js';
import { anonymous, refuseTraces } from './anonymous.js';
import type { Scenario } from './scenario.js';
import { listScenarios } from './scenarios.js';
import { selectHistories } from './select.js';
import { Stage } from './stage.js';
import { TICKS } from './ticks.js';

/**
 * `npm run record:histories -- VERSION` records the histories of a version anew; `-- --letters` writes down anew what
 * the code commands and tells in those that there are.
 */
const USAGE = 'Usage: npm run record:histories -- VERSION | --letters';

/** Runs under way at once. */
const AT_ONCE = 12;

/** Events after which the server has a run go over to another execution: few, so that such histories are small. */
const LONG = 'limit.historyCount.suggestContinueAsNew=110';

process.exit(await main());

async function main(): Promise<number> {
  try {
    const [word = ''] = process.argv.slice(2);
    if (word !== '--letters') {
      if (!/^\d+\.\d+\.\d+$/.test(word)) throw new Error(USAGE);
      await withSurroundings({}, (surroundings) => record(word, surroundings));
    }
    await recordLetters();
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.stack : error);
    return 1;
  }
}

async function record(version: string, { reaper, folder, env, interrupted }: Surroundings): Promise<void> {
  const progress = createProgress(process.stderr, interrupted);
  const temporal = await progress.during('Temporal', (onProgress) =>
    withPorts((ports) =>
      provideTemporal({
        home: folder,
        env,
        onProgress,
        onSpawn: (pid) => reaper.watch(pid, { signal: 'SIGINT', graceMs: 3_000, order: 1 }),
        settings: [LONG],
        ...ports,
      }),
    ),
  );
  process.env['TEST_TEMPORAL_ADDRESS'] = temporal.address;
  try {
    const recorded = await progress.during('recording', (tell) => play(version, tell, progress));
    const others = readHistories().filter(({ name }) => !name.startsWith(`${version}.`));
    const choice = await progress.during('choosing', () => selectHistories(readBundle(), others, recorded));
    for (const { name, history } of choice.kept) refuseTraces(name, encodeHistory(history));
    for (const broken of choice.broken) progress.line(`  does not replay: ${broken}`);
    replaceHistories(version, choice.kept);
    const { kept, lines, features } = choice;
    progress.line(
      `${kept.length} of ${recorded.length} kept, with ${others.length} of other versions; ${lines} lines and ${features} features are shown`,
    );
  } finally {
    await temporal.stop();
  }
}

async function withPorts<T>(work: (ports: { port: number; uiPort: number }) => Promise<T>): Promise<T> {
  return work({ port: await findFreePort(), uiPort: await findFreePort() });
}

/** In the order of the scenarios, whichever ends first. */
async function play(
  version: string,
  tell: (message: string) => void,
  progress: Progress,
): Promise<NamedHistory[]> {
  const stage = await Stage.open();
  const scenarios = listScenarios();
  const recorded = new Map<string, NamedHistory[]>();
  const waiting = [...scenarios];
  const named = (name: string, history: NamedHistory['history']) => ({
    name: `${version}.${name}`,
    history: anonymous(history),
  });
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { name } = next;
      try {
        recorded.set(
          name,
          [...(await stage.play(next as Scenario))].map(([of, history]) => named(of, history)),
        );
      } catch (error) {
        progress.line(`  ${name}: ${error instanceof Error ? error.message : error}`);
      }
      tell(`${recorded.size} of ${scenarios.length}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const ticks = [];
    for (const tick of TICKS) ticks.push(named(tick.name, await stage.playTick(tick)));
    return [...ticks, ...scenarios.flatMap(({ name }) => recorded.get(name) ?? [])];
  } finally {
    await stage.close();
  }
}

async function recordLetters(): Promise<void> {
  const letters = new Map<string, Letter>();
  for await (const replayed of replayHistories(readBundle(), readHistories()))
    letters.set(replayed.name, letterOf(replayed));
  writeLetters(letters);
}
