import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { FINDING_CODES } from '#domain/pipelines/findings/codes.js';
import { PLATFORMS } from '#domain/pipelines/platforms.js';
import { UNREAD_CODES } from '#domain/pipelines/unread.js';
import { runCommand } from '../../apps/cli/testing/run-command.js';
import { findBlocks, findTables, readDocument, readExchanges, sectionOf } from './markdown.js';

const text = readDocument('docs/pipelines.md');
const folder = mkdtempSync(join(tmpdir(), 'sluice-docs-pipelines-'));
afterAll(() => rmSync(folder, { recursive: true }));

const unquote = (cell: string) => cell.replace(/^`([^`]*)`$/, '$1');

describe('docs/pipelines.md', () => {
  it('shows what the command prints for the files that it shows', async () => {
    for (const block of findBlocks(text)) {
      const [, path] = /^# (\S+)$/m.exec(block.text) ?? [];
      if (block.info !== 'yml' || path === undefined) continue;
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), `${block.text}\n`);
    }
    const exchanges = findBlocks(text)
      .filter(({ info }) => info === 'console')
      .flatMap(readExchanges);
    expect(exchanges.length).toBeGreaterThan(0);
    for (const { command, output } of exchanges) {
      const [, words = ''] = /^bin\/sluice (.*?)(?:; echo \$\?)?$/.exec(command) ?? [];
      const argv = words.split(' ').map((word) => (word === 'shop' ? folder : word));
      const { code, out } = await runCommand({ argv });
      const printed = command.endsWith('echo $?') ? String(code) : out.trimEnd();
      expect([command, ...printed.split('\n')]).toEqual([command, ...output]);
    }
  });

  it('has every platform, with its files and its own time limit', () => {
    const rows = findTables(sectionOf(text, '## Platforms'))[0]!;
    const limitOf = (limit: number | 'none' | undefined) =>
      limit === undefined ? 'not in the file' : limit === 'none' ? 'none' : `${limit} min`;
    expect(rows.map(([title, files, , limit]) => [title, files, limit])).toEqual(
      Object.values(PLATFORMS).map(({ title, files, timeLimit }) => [title, files, limitOf(timeLimit)]),
    );
  });

  it('has every finding, with its cause, cure and gain', () => {
    const rows = findTables(sectionOf(text, '## Findings'))[0]!;
    expect(rows.map(([code = '', ...rest]) => [unquote(code), ...rest])).toEqual(
      Object.entries(FINDING_CODES).map(([code, { severity, cause, cure, gain }]) => [
        code,
        severity,
        cause,
        cure,
        gain,
      ]),
    );
  });

  it('has everything that is not read', () => {
    const rows = findTables(sectionOf(text, '## What is not read'))[0]!;
    expect(rows.map(([code = '', message]) => [unquote(code), message])).toEqual(
      Object.entries(UNREAD_CODES),
    );
  });
});
