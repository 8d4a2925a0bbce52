import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ECOSYSTEMS } from '#domain/generation/ecosystems/table.js';
import { PLACES } from '#domain/generation/impact.js';
import { ADDABLE_ACTIONS, REFINABLE_KEYS } from '#domain/generation/refinement.js';
import { POINTS } from '#domain/generation/risk.js';
import { PLATFORMS } from '#domain/pipelines/platforms.js';
import { commitFiles, makeRepository } from '../generation/repositories.js';
import { codesIn, findBlocks, findTables, ROOT, readDocument, sectionOf } from './markdown.js';

const run = promisify(execFile);
const text = readDocument('docs/generate.md');

let folder: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'sluice-docs-generate-')));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('docs/generate.md', () => {
  it('shows what the commands print for the package that it shows', async () => {
    const blocks = findBlocks(text);
    const shop = join(folder, 'shop');
    await makeRepository(shop, {
      'package.json': `${blocks.find(({ info }) => info === 'json')!.text}\n`,
      'package-lock.json': '{}\n',
      'README.md': '# Shop\n',
    });
    await commitFiles(shop, { 'README.md': '# Our shop\n' });
    const console = blocks.filter(({ info }) => info === 'console').map((block) => block.text);
    expect(console.length).toBeGreaterThan(2);
    for (const exchange of console) {
      const shown = exchange.split('\n');
      const printed: string[] = [];
      for (const command of shown.filter((line) => line.startsWith('$ '))) {
        const { stdout } = await run(
          'sh',
          ['-c', `${command.slice(2).replaceAll('bin/sluice', join(ROOT, 'bin/sluice'))} 2>&1`],
          {
            cwd: folder,
            env: { PATH: process.env['PATH'], HOME: folder },
          },
        );
        printed.push(command, ...stdout.trimEnd().replaceAll(folder, '/home/you').split('\n'));
      }
      expect(printed).toEqual(shown);
    }
  });

  it('has all that is recognised of each ecosystem', () => {
    const rows = findTables(sectionOf(text, '## What is recognised'))[0];
    const known = Object.values(ECOSYSTEMS).flatMap(({ title, recognises }) =>
      recognises.map(({ files, leadsTo }) => [title, files, leadsTo]),
    );
    expect(rows).toEqual(known);
  });

  it('has all systems whose files are read', () => {
    const rows = findTables(sectionOf(text, '## Files of continuous integration'))[0];
    expect(rows).toEqual(Object.values(PLATFORMS).map(({ title, files, takes }) => [title, files, takes]));
  });

  it('has the points of each place', () => {
    const rows = findTables(sectionOf(text, '## A change'))[0]!;
    const known = Object.entries(PLACES).map(([name, { title }]) => [
      title,
      String(POINTS[name as keyof typeof PLACES]),
    ]);
    expect(rows.slice(0, known.length).map(([title, points]) => [title, points])).toEqual(known);
  });

  it('says what a model may change', () => {
    const codes = codesIn(sectionOf(text, '## With a language model'));
    expect(codes).toEqual(expect.arrayContaining([...ADDABLE_ACTIONS, ...REFINABLE_KEYS]));
  });
});
