import { describe, expect, it } from '@jest/globals';
import { runCommand } from '../../apps/cli/testing/run-command.js';
import { findBlocks, readDocument } from './markdown.js';
import { splitWords } from './words.js';

const commands = findBlocks(readDocument('docs/living-runs.md'))
  .filter(({ info }) => info === 'sh')
  .flatMap(({ text }) => text.split('\n'));

describe('docs/living-runs.md', () => {
  it('shows commands', () => {
    expect(commands.length).toBeGreaterThan(15);
  });

  it.each(commands)('%s: is understood, and asks the server', async (line) => {
    const [program, ...argv] = splitWords(line);
    expect(program).toBe('sluice');
    // Nobody listens there: a command line that were wrong would say so first.
    const { code, err } = await runCommand({ argv, env: { SLUICE_URL: 'http://127.0.0.1:1' } });
    expect({ code, err }).toEqual({ code: 4, err: expect.stringContaining('no Sluice server') });
  });
});
