import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { makeRepository } from '../generation/repositories.js';
import { TestPlatform } from '../platform.js';
import { findBlocks, ROOT, readDocument } from './markdown.js';
import { matchesLine } from './normalize.js';

const run = promisify(execFile);

/** `npm run guide`: what is printed is written into the document. */
const writing = process.env['SLUICE_TEST_WRITE'] !== undefined;

const PATH = 'docs/migrate.md';
const text = readDocument(PATH);
const blocks = findBlocks(text);
const textsOf = (wanted: string) => blocks.filter(({ info }) => info === wanted).map((block) => block.text);

/** The repository of the document, whose files it shows in this order. */
function filesOf(): Record<string, string> {
  const [[release], [backup], [test], [script, publish], [tests]] = [
    textsOf('steps'),
    textsOf('json'),
    textsOf('text'),
    textsOf('sh'),
    textsOf('yaml tests'),
  ];
  const files = {
    'workflows/release.yaml': release!,
    'workflows/backup.json': backup!,
    '.github/workflows/test.yml': test!,
    'build.sh': script!,
    'deploy.sh': script!,
    'publish.sh': publish!,
    'definitions/release-shop.test.yaml': tests!,
    'package.json': '{ "name": "shop", "scripts": { "test": "node --test" } }',
    'package-lock.json': '{}',
  };
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [name, `${content}\n`]));
}

describe(PATH, () => {
  let platform: TestPlatform;
  let folder: string;
  let shop: string;

  beforeAll(async () => {
    platform = await TestPlatform.start({ api: { SLUICE_UI_URL: 'http://127.0.0.1:8233' } });
    folder = await realpath(await mkdtemp(join(tmpdir(), 'sluice-migrate-')));
    shop = join(folder, 'shop');
    await makeRepository(shop, filesOf());
  });
  afterAll(async () => {
    await platform?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('names the files that it shows', () => {
    expect(Object.keys(filesOf()).filter((name) => !text.includes(`\`${name}\``))).toEqual([
      'package.json',
      'package-lock.json',
    ]);
  });

  it('shows commands and what they really print', async () => {
    let fresh = text;
    for (const shown of textsOf('console')) {
      const lines: string[] = [];
      for (const exchange of shown.split(/^\$ /m).slice(1)) {
        const [command = '', ...output] = exchange.trimEnd().split('\n');
        lines.push(`$ ${command}`, ...refresh(output, await type(command)));
      }
      fresh = fresh.replace(`\`\`\`console\n${shown}\n`, () => `\`\`\`console\n${lines.join('\n')}\n`);
    }
    if (writing && fresh !== text) writeFileSync(join(ROOT, PATH), fresh);
    else expect(fresh).toBe(text);
  });

  it('has the job of the CI system run the script that it shows', () => {
    const job = parse(textsOf('text').at(-1)!).jobs.publish;
    expect(job.steps.at(-1)).toMatchObject({
      run: 'sh publish.sh',
      env: { SLUICE_URL: expect.anything(), SLUICE_API_KEY: expect.anything(), REASON: expect.anything() },
    });
  });

  async function type(command: string): Promise<string[]> {
    const { stdout } = await run('sh', ['-c', command], {
      cwd: shop,
      env: {
        PATH: `${join(ROOT, 'bin')}:${process.env['PATH']}`,
        HOME: folder,
        ...platform.commandLine,
      },
    });
    return stdout === '' ? [] : stdout.trimEnd().split('\n');
  }
});

/** Lines as they stand, where they say what was printed; else what was printed. */
function refresh(shown: readonly string[], printed: readonly string[]): readonly string[] {
  return shown.length === printed.length && shown.every((line, index) => matchesLine(line, printed[index]!))
    ? shown
    : printed;
}
