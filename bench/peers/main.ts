import { withSurroundings } from '../../test/run/surroundings.js';
import { describeMachine } from '../report.js';
import { parseArguments } from './arguments.js';
import { PEERS } from './catalogue.js';
import { FULL, SMALL } from './measure.js';
import { summarise } from './outcome.js';
import { runPeers } from './run-peers.js';
import { formatOutcomes } from './table.js';

/* `npm run bench:peers`: the same jobs done by Sluice and by what one would take instead, in turn on this machine. */
process.exit(await main());

async function main(): Promise<number> {
  try {
    const names = PEERS.map(({ name }) => name);
    const wanted = parseArguments(process.argv.slice(2), names);
    const peers = PEERS.filter(({ name }) => wanted.names.length === 0 || wanted.names.includes(name));
    const tell = (message: string) => void process.stderr.write(`${message}\n`);
    return await withSurroundings({}, async (surroundings) => {
      const { rounds, small } = wanted;
      const scale = small ? SMALL : FULL;
      const outcomes = await runPeers({ peers, rounds, scale, surroundings, tell });
      const machine = describeMachine();
      const date = new Date().toISOString();
      process.stdout.write(
        wanted.json
          ? `${JSON.stringify({ machine, date, scale, outcomes, summaries: summarise(outcomes) }, null, 2)}\n`
          : formatOutcomes(outcomes, {
              machine: `${machine}, ${date.slice(0, 10)}`,
              atOnce: scale.rate.atOnce,
            }),
      );
      return outcomes.every(({ rounds: { length }, failure }) => length === rounds && failure === undefined)
        ? 0
        : 1;
    });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    return 1;
  }
}
