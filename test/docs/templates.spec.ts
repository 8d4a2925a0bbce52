import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readTemplate, TEMPLATE_KEYS } from '#domain/templates/read-template.js';
import { runCommand } from '../../apps/cli/testing/run-command.js';
import { codesIn, findBlocks, findTables, ROOT, readDocument, sectionOf } from './markdown.js';
import { splitWords } from './words.js';

const text = readDocument('docs/templates.md');
const blocks = findBlocks(text);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-docs-templates-'));
  writeFileSync(join(folder, 'greet-people.yaml'), blocks.find(({ info }) => info === 'yaml template')!.text);
});
afterAll(() => rmSync(folder, { recursive: true }));

const exchanges = blocks
  .filter(({ info }) => info === 'console')
  .flatMap(({ text }) => text.split(/^\$ /m).slice(1))
  .map((exchange) => {
    const [command = '', ...output] = exchange.trimEnd().split('\n');
    return { command, output: output.join('\n') };
  });

describe('docs/templates.md', () => {
  it('shows commands', () => {
    expect(exchanges.length).toBeGreaterThan(3);
  });

  it.each(exchanges)('$command prints what it shows', async ({ command, output }) => {
    const [line = '', after] = command.split('; ');
    const argv = splitWords(line)
      .slice(1)
      .map((word) =>
        word === 'greet-people.yaml' ? join(folder, word) : word.replace(/^examples\//, `${ROOT}/examples/`),
      );
    const { code, out } = await runCommand({ argv });
    expect(after === undefined ? out.trimEnd() : `exit code ${code}`).toBe(output);
  });

  it('has every key of a template, and every one that is built in', () => {
    const [written] = findTables(sectionOf(text, '## What a template may say'));
    const keys = written!.flatMap(([cell]) => codesIn(cell!)).filter((code) => !code.includes('$'));
    // `name` and `definition` are said beside `template`.
    expect([...keys, 'name', 'definition'].sort()).toEqual([...TEMPLATE_KEYS].sort());
    const [builtIn] = findTables(sectionOf(text, '## Built in'));
    const templates = readdirSync(join(ROOT, 'templates'))
      .sort()
      .map((file) => readTemplate(readFileSync(join(ROOT, 'templates', file), 'utf8')).template!);
    expect(builtIn).toEqual(templates.map(({ name, description }) => [`\`${name}\``, description]));
  });
});

describe.each(['docs/templates.md', 'docs/optimise.md'])('%s', (document) => {
  const commands = findBlocks(readDocument(document))
    .filter(({ info }) => info === 'sh')
    .flatMap((block) => block.text.split('\n'));

  it.each(commands)('%s: is understood, and asks the server', async (line) => {
    const argv = splitWords(line)
      .slice(1)
      .map((word) => (word === 'greet-people.yaml' ? join(folder, word) : word));
    // Nobody listens there: a command line that were wrong would say so first.
    const { code, out, err } = await runCommand({ argv, env: { SLUICE_URL: 'http://127.0.0.1:1' } });
    expect({ code, said: out + err }).toEqual({ code: 4, said: expect.stringContaining('no Sluice server') });
  });
});
