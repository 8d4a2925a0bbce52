import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TestPlatform } from '../platform.js';
import { findBlocks, ROOT, readDocument, readExchanges } from './markdown.js';
import { matchesLine } from './normalize.js';

const run = promisify(execFile);

const blocks = findBlocks(readDocument('docs/versions.md'));
const exchanges = blocks.filter(({ info }) => info === 'console').flatMap(readExchanges);

let platform: TestPlatform;
let folder: string;

beforeAll(async () => {
  platform = await TestPlatform.start({ api: { SLUICE_UI_URL: 'http://127.0.0.1:8233' } });
  folder = await mkdtemp(join(tmpdir(), 'sluice-versions-'));
});
afterAll(async () => {
  await platform?.close();
  await rm(folder, { recursive: true, force: true });
});

it('docs/versions.md shows commands and what they really print', async () => {
  const [first, changed] = blocks.filter(({ info }) => info === 'yaml');
  await writeFile(join(folder, 'shop.yaml'), first!.text);
  await writeFile(join(folder, 'changed.yaml'), changed!.text);
  expect(exchanges.length).toBeGreaterThan(10);
  for (const { command, output } of exchanges) {
    const { stdout } = await run('sh', ['-c', command], {
      cwd: folder,
      env: {
        PATH: `${join(ROOT, 'bin')}:${process.env['PATH']}`,
        HOME: process.env['HOME'],
        ...platform.commandLine,
      },
    });
    const printed = stdout.trimEnd().split('\n');
    const agrees =
      printed.length === output.length && output.every((line, index) => matchesLine(line, printed[index]!));
    if (!agrees) expect({ command, output: stdout }).toEqual({ command, output: output.join('\n') });
  }
});
