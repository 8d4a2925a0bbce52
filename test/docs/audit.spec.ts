import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { RETENTION_KINDS } from '#contracts/retention.js';
import { ChainChecker, START } from '#domain/audit/chain-checker.js';
import type { ChainedEntry } from '#domain/audit/entry.js';
import { runCommand } from '../../apps/cli/testing/run-command.js';
import { findBlocks, findTables, readDocument } from './markdown.js';
import { splitWords } from './words.js';

const documents = ['docs/audit.md', 'docs/retention.md'];
const commands = documents
  .flatMap((path) => findBlocks(readDocument(path)))
  .filter(({ info }) => info === 'sh')
  .flatMap(({ text }) => text.split('\n'));
const isLocal = (line: string) => line.startsWith('sluice archive ');

describe.each(documents)('%s', (path) => {
  it('shows commands', () => {
    expect(findBlocks(readDocument(path)).filter(({ info }) => info === 'sh').length).toBeGreaterThan(1);
  });
});

it.each(commands.filter((line) => !isLocal(line)))('%s: is understood, and asks the server', async (line) => {
  const [program, ...argv] = splitWords(line);
  expect(program).toBe('sluice');
  // Nobody listens there: a command line that were wrong would say so first.
  const { code, out, err } = await runCommand({ argv, env: { SLUICE_URL: 'http://127.0.0.1:1' } });
  expect({ code, said: out + err }).toEqual({ code: 4, said: expect.stringMatching(/no Sluice server/i) });
});

it.each(commands.filter(isLocal))('%s: is understood, and looks into the folder', async (line) => {
  const { code, err } = await runCommand({ argv: splitWords(line).slice(1) });
  expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/no folder|no manifest/) });
});

it('docs/audit.md shows an entry whose hash is right', () => {
  const block = findBlocks(readDocument('docs/audit.md')).find(({ info }) => info === 'json');
  const entry = JSON.parse(block!.text) as ChainedEntry;
  const checker = new ChainChecker(START, (text) => createHash('sha256').update(text).digest('hex'));
  checker.add(entry);
  expect(checker.finish()).toBeUndefined();
  expect(checker.head).toEqual({ sequence: 1, hash: entry.chain.hash });
});

it('docs/retention.md has the kinds', () => {
  expect(findTables(readDocument('docs/retention.md'))[0]).toEqual(
    Object.entries(RETENTION_KINDS).map(([kind, what]) => [`\`${kind}\``, what]),
  );
});
