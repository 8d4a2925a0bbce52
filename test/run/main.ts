import { createProgress } from '../../apps/local/progress.js';
import { parseArguments, type TestArguments } from './arguments.js';
import { runServerTests } from './real-servers.js';
import { withSurroundings } from './surroundings.js';
import { addTallies, formatTally, ONE_FAILED, type Tally } from './tally.js';
import { runTests } from './test-run.js';

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

function run(wanted: TestArguments): Promise<Tally[]> {
  return withSurroundings(wanted.env, async (surroundings) => {
    const { interrupted } = surroundings;
    const progress = createProgress(process.stdout, interrupted);
    const request = { wanted, progress, ...surroundings };
    const tallies = await (wanted.servers ? runServerTests(request) : runTests(request));
    const green = tallies.every(({ failed }) => failed === 0);
    return interrupted.aborted && green ? [...tallies, ONE_FAILED] : tallies;
  });
}
