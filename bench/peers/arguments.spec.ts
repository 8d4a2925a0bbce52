import { expect, it } from '@jest/globals';
import { parseArguments } from './arguments.js';

const KNOWN = ['sluice', 'dbos'];

it('measures all peers in three rounds unless told otherwise', () => {
  expect(parseArguments([], KNOWN)).toEqual({ names: [], rounds: 3, small: false, json: false });
});

it('takes names, rounds and how much is to be run', () => {
  const taken = parseArguments(['dbos', '--rounds', '12', '--json', '--small'], KNOWN);
  expect(taken).toEqual({ names: ['dbos'], rounds: 12, small: true, json: true });
  expect(parseArguments(['--small'], KNOWN).rounds).toBe(1);
});

it.each([
  [['nobody']],
  [['--rounds']],
  [['--rounds', '0']],
  [['--rounds', '1000']],
  [['--rounds', '1e1']],
  [['--big']],
])('refuses %j with the usage and the names', (argv) => {
  expect(() => parseArguments(argv, KNOWN)).toThrow(/Usage: npm run bench:peers.*sluice, dbos/);
});
