import { describe, expect, it } from '@jest/globals';
import { OVERLAPS } from '#contracts/schedules.js';
import { readTiming, type TimingText } from '#domain/schedules/timing.js';
import { runCommand } from '../../apps/cli/testing/run-command.js';
import { codesIn, findBlocks, findTables, readDocument } from './markdown.js';
import { splitWords } from './words.js';

describe('docs/schedules.md', () => {
  const text = readDocument('docs/schedules.md');
  const blocks = findBlocks(text);

  it.each(blocks.filter(({ info }) => info === 'sh').flatMap((block) => block.text.split('\n')))(
    '%s: is understood, and asks the server',
    async (line) => {
      const [program, ...argv] = splitWords(line);
      expect(program).toBe('sluice');
      // Nobody listens there: a command line that were wrong would say so first.
      const { code, err } = await runCommand({ argv, env: { SLUICE_URL: 'http://127.0.0.1:1' } });
      expect({ code, err }).toEqual({ code: 4, err: expect.stringContaining('no Sluice server') });
    },
  );

  it('shows a schedule that ticks', () => {
    const [block] = blocks.filter(({ info }) => info === 'json');
    const schedule = JSON.parse(block!.text) as TimingText;
    expect(readTiming(schedule, Date.parse('2026-11-22T00:00:00Z'))).toHaveProperty('timing');
  });

  it('has every policy', () => {
    expect(findTables(text)[0]!.map(([policy]) => codesIn(policy!)[0])).toEqual([...OVERLAPS]);
  });
});
