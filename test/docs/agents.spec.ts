import { describe, expect, it } from '@jest/globals';
import { AGENT_AUTHS } from '../../apps/api/agents/agent-auth.js';
import { runCommand } from '../../apps/cli/testing/run-command.js';
import { codesIn, findBlocks, findTables, readDocument } from './markdown.js';
import { splitWords } from './words.js';

describe('docs/agents.md', () => {
  const text = readDocument('docs/agents.md');
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

  it('has every way of authentication', () => {
    expect(findTables(text)[0]!.map(([way]) => codesIn(way!)[0])).toEqual([...AGENT_AUTHS]);
  });
});
