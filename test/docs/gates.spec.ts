import { describe, expect, it } from '@jest/globals';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { readDefinition } from '#domain/validation/validate.js';
import { withGateChecks } from '#gates/gate/check-steps.js';
import { readGate } from '#gates/gate/read-gate.js';
import { readMetrics } from '#gates/gate/read-metrics.js';
import { runCommand } from '../../apps/cli/testing/run-command.js';
import { codesIn, findBlocks, findTables, readDocument, readExchanges, sectionOf } from './markdown.js';

const text = readDocument('docs/gates.md');
const blocks = findBlocks(text);

/** One criterion in a gate. */
function criterion(fields: string): string {
  return `gate: 1\nname: g\ncriteria:\n- { metric: a, ${fields} }\n`;
}

/** The keys that are proposed for one that nobody knows. */
function keysOf(gate: string): readonly string[] {
  const [unknown] = readGate(gate).findings.filter(({ code }) => code === 'key-unknown');
  return /are (.*)\.$/.exec(unknown!.hint)![1]!.split(', ');
}

describe('docs/gates.md', () => {
  const exchanges = blocks.filter(({ info }) => info === 'console').flatMap(readExchanges);

  it.each(exchanges)('shows what this prints: $command', async ({ command, output }) => {
    const { out } = await runCommand({ argv: command.replace(/^sluice /, '').split(' ') });
    expect(out.trimEnd().split('\n')).toEqual(output);
  });

  it.each(blocks.filter(({ info }) => info === 'yaml gate'))(
    'shows a gate that can be read, at line $line',
    (block) => {
      expect(readGate(block.text).findings).toEqual([]);
    },
  );

  it.each(blocks.filter(({ info }) => info === 'yaml step'))(
    'shows a step that can be run after those it names, at line $line',
    (block) => {
      const steps = `reports: { set: { metrics: {} } }\nrisk: { set: { score: 1, commit: abcdef0 } }\n${block.text}`;
      const definition = `sluice: 1\nname: d\nstages:\n  s:\n    steps:\n${steps.replace(/^/gm, '      ')}\n`;
      expect(readDefinition(definition, withGateChecks(ACTIONS)).findings).toEqual([]);
    },
  );

  it('shows a file of metrics that can be read', () => {
    const shown = blocks.find(({ info }) => info === 'json')!;
    expect(readMetrics(shown.text, 'docs')).toMatchObject({ findings: [], measurements: { length: 4 } });
  });

  it('has every option of the command', async () => {
    const { out } = await runCommand({ argv: ['gate', '--help'] });
    const own = [...out.matchAll(/^ {2}(--[a-z-]+(?: <[a-z]+>)?)/gm)].map(([, option]) => option!);
    const shared = ['--server <url>', '--project <name>', '--as <name>'];
    const rows = findTables(sectionOf(text, '## The command'))[0]!.map(([option]) => codesIn(option!)[0]);
    expect(rows.sort()).toEqual(own.filter((option) => !shared.includes(option)).sort());
  });

  const [gateKeys, frameKeys] = findTables(sectionOf(text, '## A gate'));
  const firstCells = (rows: readonly string[][]) => rows.map(([cell]) => codesIn(cell!)[0]);

  it('has every key of a gate and of its criteria', () => {
    expect(firstCells(gateKeys!)).toEqual(keysOf('gate: 1\nname: g\ncriteria: []\nzzzzzzzz: 1'));
    const all = keysOf(criterion('pass: "< 1", zzzzzzzz: 1'));
    expect(all.slice(0, frameKeys!.length)).toEqual(firstCells(frameKeys!));
  });

  it.each([
    ['### Limits', 1, 'pass: "< 1", compare: { zzzzzzzz: 1 }'],
    ['### Samples against a baseline', 0, 'statistical: { direction: lower, zzzzzzzz: 1 }'],
    ['### Trends', 0, 'trend: { direction: lower, zzzzzzzz: 1 }'],
  ])('%s: has every key', (heading, table, fields) => {
    const rows = findTables(sectionOf(text, heading))[table]!;
    expect(firstCells(rows).sort()).toEqual([...keysOf(criterion(fields))].sort());
  });

  it('shows conditions that can be read', () => {
    const conditions = findTables(sectionOf(text, '### Limits'))[0]!.flatMap(([cell]) => codesIn(cell!));
    for (const condition of conditions) {
      expect(readGate(criterion(`pass: "${condition}"`)).findings).toEqual([]);
    }
  });
});
