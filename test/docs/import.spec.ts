import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { STEP_KINDS } from '#domain/definition/kinds/table.js';
import { exportText } from '#domain/export/export-text.js';
import { importText } from '#domain/front-ends/import-text.js';
import { STEP_TYPES } from '#domain/front-ends/steps/kinds/table.js';
import { runCommand } from '../../apps/cli/testing/run-command.js';
import { codesIn, findBlocks, findTables, readDocument, sectionOf } from './markdown.js';

const text = readDocument('docs/import.md');
const blocks = findBlocks(text);

function importSource(content: string) {
  return importText({ path: 'release.yaml', content: new TextEncoder().encode(content) }, ACTIONS)[0]!;
}

describe('docs/import.md', () => {
  it('shows what its list of steps becomes', () => {
    const at = blocks.findIndex(({ info }) => info === 'steps');
    const imported = importSource(blocks[at]!.text);
    expect({ findings: imported.findings, text: imported.text?.replace(/^# .*\n/gm, '').trim() }).toEqual({
      findings: [],
      text: blocks[at + 1]!.text.trim(),
    });
  });

  it('has every type of step', () => {
    const [rows] = findTables(sectionOf(text, '### Types of steps'));
    expect(rows!.map(([names, becomes]) => [codesIn(names!), becomes])).toEqual(
      STEP_TYPES.map(({ names, becomes }) => [names, becomes]),
    );
  });

  it.each(['### To a list of steps', '### To the Open Workflow Specification'])(
    '%s: tells of every kind of step',
    (section) => {
      const [rows] = findTables(sectionOf(text, section));
      expect(rows!.map(([kind]) => codesIn(kind!)[0]).sort()).toEqual([...STEP_KINDS].sort());
    },
  );

  const translations = findTables(sectionOf(text, '### To the Open Workflow Specification'))[1]!;

  it.each(translations.map((cells) => cells.map((cell) => cell.slice(1, -1).replaceAll('\\|', '|'))))(
    '%s is exported as %s',
    (expression, jq) => {
      const inputs = { region: { type: 'string' }, count: { type: 'integer' }, dry: { type: 'boolean' } };
      const steps = { build: { set: { tag: 'a' } }, work: { set: { value: `\${{ ${expression} }}` } } };
      const definition = { sluice: 1, name: 'x', inputs, stages: { main: { steps } } };
      const { text: document } = exportText(JSON.stringify(definition), ACTIONS, 'open-workflow');
      const [, , work] = parse(document!).do;
      expect(work.work.set.value).toBe(`\${ ${jq} }`);
    },
  );

  const conditions = findTables(sectionOf(text, '### Variables and conditions'))[0]!;

  it.each(conditions.map((cells) => cells.map((cell) => cell.slice(1, -1))))(
    '%s becomes %s',
    (condition, expression) => {
      const steps = [
        { id: 'build', type: 'command', command: 'make' },
        { id: 'work', type: 'command', command: 'work', condition },
      ];
      const variables = { environment: 'production', replicas: 3, ready: true };
      const imported = importSource(JSON.stringify({ name: 'x', variables, steps }));
      expect(imported.findings).toEqual([]);
      const written = /^ +if: (.*)$/m
        .exec(imported.text!)![1]!
        .replace(/^'(.*)'$/, '$1')
        .replaceAll("''", "'");
      expect(written.replace('always() && ', '')).toBe(expression);
    },
  );

  const commands = blocks.filter(({ info }) => info === 'sh').flatMap(({ text: lines }) => lines.split('\n'));

  it.each(commands)('%s: is understood', async (line) => {
    const [program, ...argv] = line.split(' ');
    expect(program).toBe('sluice');
    const { code, out, err } = await runCommand({ argv });
    // The files are not there: a command line that were wrong would say so first.
    expect([code, out + err]).toEqual([2, expect.stringContaining('there is no such file')]);
  });
});
