import { describe, expect, it } from '@jest/globals';
import { PROBLEM_CODES, type ProblemCodeName } from '../../apps/api/http/problem-codes.js';
import { PLATFORM_AUTHS } from '../../apps/api/integrations/integration-auth.js';
import { PLATFORM_OUTCOMES } from '../../apps/api/integrations/platform-delivery.resource.js';
import { runCommand } from '../../apps/cli/testing/run-command.js';
import { codesIn, findBlocks, findTables, readDocument } from './markdown.js';
import { splitWords } from './words.js';

describe('docs/integrations.md', () => {
  const text = readDocument('docs/integrations.md');
  const commands = findBlocks(text).filter(({ info }) => info === 'sh');
  const [auths, states, problems, outcomes] = findTables(text).map((rows) => rows);
  const firstOf = (rows: readonly (readonly string[])[]) => rows.map(([name]) => codesIn(name!)[0]);

  it.each(commands.flatMap((block) => block.text.split('\n')))(
    '%s: is understood, and asks the server',
    async (line) => {
      const [program, ...argv] = splitWords(line);
      expect(program).toBe('sluice');
      const { code, err } = await runCommand({ argv, env: { SLUICE_URL: 'http://127.0.0.1:1' } });
      expect({ code, err }).toEqual({ code: 4, err: expect.stringContaining('no Sluice server') });
    },
  );

  it('has every way of authentication, every state and every outcome', () => {
    expect(firstOf(auths!)).toEqual([...PLATFORM_AUTHS]);
    expect(firstOf(states!)).toEqual(['healthy', 'lacking', 'unhealthy']);
    expect(firstOf(outcomes!)).toEqual([...PLATFORM_OUTCOMES]);
  });

  it('says with which status the API answers', () => {
    for (const [, status, codes] of problems!)
      for (const code of codesIn(codes!))
        expect([code, PROBLEM_CODES[code as ProblemCodeName].status]).toEqual([
          code,
          Number.parseInt(status!, 10),
        ]);
  });
});
