import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { EVENT_KEYS, VOTE_KEYS } from '#domain/rehearsal/read-answers.js';
import { EXPECT_KEYS, STEP_EXPECT_KEYS } from '#domain/rehearsal/read-expectation.js';
import { ERROR_KEYS, REPLY_KEYS } from '#domain/rehearsal/read-mocks.js';
import { CANCEL_KEYS, FILE_KEYS, parseTests, TEST_KEYS } from '#domain/rehearsal/read-tests.js';
import { runCommand } from '../../apps/cli/testing/run-command.js';
import { codesIn, findBlocks, findTables, proseOf, ROOT, readDocument, sectionOf } from './markdown.js';

const document = readDocument('docs/testing.md');
const text = proseOf(document);
const blocks = findBlocks(document);

const exchanges = blocks
  .filter(({ info }) => info === 'console')
  .flatMap((block) => block.text.split(/^\$ sluice /m).slice(1))
  .map((exchange): [string, string] => {
    const [command = '', ...output] = exchange.trimEnd().split('\n');
    return [command, `${output.join('\n')}\n`];
  });

describe('docs/testing.md', () => {
  it('shows commands', () => {
    expect(exchanges).toHaveLength(4);
  });

  it.each(exchanges)('sluice %s', async (command, output) => {
    const argv = [...command.matchAll(/(?:[^\s']|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''));
    const env = { PATH: process.env['PATH'] ?? '' };
    expect(await runCommand({ argv, env })).toMatchObject({ code: 0, out: output });
  });

  it('shows a file of tests that can be read, and that stands in examples/', () => {
    const [shown] = blocks.filter(({ info }) => info === 'yaml tests');
    expect(parseTests(shown!.text).findings).toEqual([]);
    const file = readFileSync(join(ROOT, 'examples/retry-then-succeed.test.yaml'), 'utf8');
    expect(file).toContain(shown!.text.split('tests:\n')[1]);
  });

  it('has every key', () => {
    expect(findTables(sectionOf(text, '## Tests'))[0]!.map(([key]) => codesIn(key!)[0])).toEqual([
      ...TEST_KEYS,
    ]);
    const told = new Set(
      codesIn(sectionOf(text, '## Tests')).flatMap((code) => code.match(/[A-Za-z]+/g) ?? []),
    );
    const keys = [
      FILE_KEYS,
      REPLY_KEYS,
      ERROR_KEYS,
      VOTE_KEYS,
      EVENT_KEYS,
      CANCEL_KEYS,
      EXPECT_KEYS,
      STEP_EXPECT_KEYS,
    ];
    expect(keys.flat().filter((key) => !told.has(key))).toEqual([]);
  });
});

describe('examples', () => {
  const names = readdirSync(join(ROOT, 'examples')).filter((name) => name.endsWith('.yaml'));
  const definitions = names.filter((name) => !name.endsWith('.test.yaml'));

  it.each(definitions)('%s has tests, which reach all of it', async (name) => {
    const path = join('examples', name.replace('.yaml', '.test.yaml'));
    const { code, out } = await runCommand({ argv: ['test', path, '--min-coverage', '100'] });
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/\d passed\n$/) });
  });

  it('has no tests without a definition', () => {
    const tests = names.filter((name) => name.endsWith('.test.yaml'));
    expect(tests.filter((name) => !definitions.includes(name.replace('.test.yaml', '.yaml')))).toEqual([]);
  });
});
