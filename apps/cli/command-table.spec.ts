import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { COMMANDS, chooseEntries } from './command-table.js';
import type { CommandContext } from './context.js';

const ENTRIES = Object.values(COMMANDS).flat();
const CONTEXT = {} as CommandContext;

describe('the table of commands', () => {
  it.each(ENTRIES)('adds what it names: $names', async ({ names, add }) => {
    const program = new Command();
    (await add())(program, CONTEXT);
    expect(program.commands.map((command) => command.name())).toEqual(names);
  });

  it.each<[readonly string[], readonly string[] | 'all']>([
    [['gate', '--type', 'pre-commit'], ['gate']],
    [
      ['--server', 'http://127.0.0.1:1', '--as', 'ann', 'pause', 'latest'],
      ['pause', 'resume', 'send', 'checkpoint'],
    ],
    [['--project=shop', 'list'], ['list']],
    [['--server', 'list'], 'all'],
    [['--help'], 'all'],
    [['help', 'gate'], 'all'],
    [['unknown'], 'all'],
    [['toString'], 'all'],
    [[], 'all'],
  ])('loads for %j what is needed', (argv, wanted) => {
    const names = ENTRIES.filter(chooseEntries(argv)).flatMap((entry) => entry.names);
    expect(names).toEqual(wanted === 'all' ? ENTRIES.flatMap((entry) => entry.names) : wanted);
  });

  it('has each name once', () => {
    const names = ENTRIES.flatMap((entry) => entry.names);
    expect(new Set(names).size).toBe(names.length);
  });
});
