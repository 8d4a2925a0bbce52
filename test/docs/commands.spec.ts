import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { readWorkflow } from '#domain/front-ends/read-workflow.js';
import { TestPlatform } from '../platform.js';
import {
  DOCUMENTS,
  findBlocks,
  findTables,
  ROOT,
  readDocument,
  readExchanges,
  sectionOf,
} from './markdown.js';
import { matchesLine, normalize } from './normalize.js';

const run = promisify(execFile);

const documents = DOCUMENTS.map((path) => ({ path, blocks: findBlocks(readDocument(path)) }));
const definitions = documents.flatMap(({ path, blocks }) =>
  blocks.flatMap((block, index) =>
    block.info === 'yaml' ? [{ place: `${path}:${block.line}`, block, next: blocks[index + 1] }] : [],
  ),
);
const withOutput = definitions.filter(({ next }) => next?.info === 'json');

let platform: TestPlatform;
let folder: string;

beforeAll(async () => {
  platform = await TestPlatform.start({ api: { SLUICE_UI_URL: 'http://127.0.0.1:8233' } });
  folder = await realpath(await mkdtemp(join(tmpdir(), 'sluice-docs-')));
});
afterAll(async () => {
  await platform?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('definitions', () => {
  it.each(definitions)('$place is whole and valid', ({ block }) => {
    expect(block.text).toMatch(/^(sluice: 1\n|document: )/);
    expect(readWorkflow(block.text, ACTIONS).findings).toEqual([]);
  });

  it('come to the output that stands below them', async () => {
    expect(withOutput.length).toBeGreaterThan(3);
    const ends = withOutput.map(async ({ place, block }) => {
      const { id } = await platform.execute((await platform.save(block.text)).id);
      const { status, error, output } = await platform.waitForEnd(id);
      return { place, status, error, output };
    });
    expect(await Promise.all(ends)).toEqual(
      withOutput.map(({ place, next }) => ({ place, status: 'succeeded', output: JSON.parse(next!.text) })),
    );
  });
});

describe('README.md', () => {
  const blocks = findBlocks(readDocument('README.md'));
  const exchanges = blocks.filter(({ info }) => info === 'console').flatMap(readExchanges);

  it('has shell commands beside its examples for the two scripts only, which other tests run', () => {
    const commands = blocks
      .filter(({ info }) => info === 'sh')
      .flatMap(({ text }) => text.split('\n').map((line) => line.replace(/\s*#.*/, '')));
    expect(commands).toEqual(['npm start', 'npm test']);
  });

  it('shows commands and what they really print', async () => {
    const checkout = await makeCheckout();
    await writeFile(join(checkout, 'release.yaml'), blocks.find(({ info }) => info === 'yaml')!.text);
    expect(exchanges.length).toBeGreaterThan(4);
    for (const { command, output } of exchanges) {
      const { stdout } = await run('sh', ['-c', command], {
        cwd: checkout,
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...platform.commandLine },
      });
      const printed = stdout.trimEnd().split('\n');
      const agrees =
        printed.length === output.length && output.every((line, index) => matchesLine(line, printed[index]!));
      // Both whole, where they differ: to be read, and to be copied into the document.
      if (!agrees) expect({ command, output: stdout }).toEqual({ command, output: output.join('\n') });
    }
  });
});

describe('docs/operations.md', () => {
  const text = readDocument('docs/operations.md');

  it('has the requests that the API describes', async () => {
    const response = await fetch(`${platform.url}/docs-json`);
    const { paths } = (await response.json()) as {
      paths: Record<string, Record<string, { summary: string }>>;
    };
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { summary }]) => [
        `\`${method.toUpperCase()} ${path}\``,
        summary,
      ]),
    );
    expect(findTables(sectionOf(text, '## The API'))[0]!.sort()).toEqual(described.sort());
  });

  it('has the commands of the command line', async () => {
    const { stdout } = await run(join(ROOT, 'bin/sluice'), ['--help']);
    // Groups of commands stand between the options and the exit codes.
    const [, listed = ''] = /^Options:\n[\s\S]*?\n\n([\s\S]*)\n\nExit codes:/m.exec(stdout) ?? [];
    const commands = listed
      .replace(/\n {4,}/g, ' ')
      .split('\n')
      .filter((line) => line.startsWith('  '))
      .map((line) => /^ {2}([\w-]+) .*? {2,}(.*)$/.exec(line)!)
      .map(([, name, description]) => [`\`sluice ${name}\``, description])
      .filter(([name]) => name !== '`sluice help`');
    expect(findTables(sectionOf(text, '## The command line'))[0]).toEqual(commands);
  });

  it('is right about what health says', async () => {
    for (const path of ['/health', '/health/ready']) {
      expect([path, (await fetch(platform.url + path)).status]).toEqual([path, 200]);
    }
  });
});

/** A clone of the project as a person has it after `npm start`: built. */
async function makeCheckout(): Promise<string> {
  const checkout = join(folder, 'sluice');
  await run('git', ['clone', '--quiet', '--no-hardlinks', ROOT, checkout]);
  for (const name of ['dist', 'node_modules']) await symlink(join(ROOT, name), join(checkout, name));
  return checkout;
}

describe('normalize', () => {
  it('takes out what differs from run to run, and nothing else', () => {
    const line = '✓ a v1 failed in 1.2s (run 01a1febe-a202-7507-ba3d-659766ac04e1)   3m05s  12:00:00.123';
    expect(normalize(line)).toBe('✓ a v1 failed in <time> (run <id>) <time> <clock>');
    expect(matchesLine('  Data  …', '  Data       /somewhere')).toBe(true);
    expect(matchesLine('exit code 1', 'exit code 0')).toBe(false);
  });
});
