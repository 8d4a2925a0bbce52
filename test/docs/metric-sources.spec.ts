import { describe, expect, it } from '@jest/globals';
import { REPORT_SOURCES, type SourceName } from '#contracts/judgement/metric-source.js';
import { readGate } from '#gates/gate/read-gate.js';
import { type MetricFormat, MetricTally } from '#gates/reports/metric-report.js';
import { SOURCE_FIELDS } from '#gates/sources/fields.js';
import { MISSING_CODES, PASSING_REASONS } from '#gates/sources/metric-missing.js';
import { codesIn, findBlocks, findTables, readDocument, sectionOf } from './markdown.js';

const text = readDocument('docs/metric-sources.md');
const reports = findTables(sectionOf(text, '## Reports'));

/** A report of each kind that has every number. */
const SAMPLES: readonly (readonly [of: string, format: Exclude<MetricFormat, 'lcov'>, text: string])[] = [
  [
    'coverage',
    'jacoco',
    '<report><package name="p"><class name="p/A" sourcefilename="A.java"><method name="f"><counter type="METHOD" missed="0" covered="1"/></method></class><sourcefile name="A.java"><line nr="1" mi="0" ci="1" mb="0" cb="2"/></sourcefile></package></report>',
  ],
  ['SARIF', 'sarif', '{"version":"2.1.0","runs":[{"results":[{"ruleId":"<id>"}]}]}'],
  ['ESLint', 'eslint', '[{"filePath":"a","messages":[{"severity":2,"ruleId":"<id>"}]}]'],
  ['tests', 'junit', '<testsuite><testcase name="a" time="0.1"/></testsuite>'],
];

describe('docs/metric-sources.md', () => {
  it.each(Object.entries(SOURCE_FIELDS))('has every key of %s', (name, fields) => {
    const heading: Partial<Record<SourceName, string>> = {
      http: '## HTTP',
      prometheus: '## Prometheus',
      datadog: '## Datadog',
      newrelic: '## New Relic',
    };
    const tables = findTables(sectionOf(text, heading[name as SourceName] ?? '## Reports'));
    const rows = fields.map((field) => [
      `\`${field.name}\``,
      field.required ? 'required' : (field.default ?? ''),
      field.meaning,
    ]);
    expect(tables).toContainEqual(rows);
  });

  it('has every name of reports', () => {
    expect(reports[0]?.map(([name]) => codesIn(name!)[0])).toEqual([...REPORT_SOURCES]);
  });

  it.each(SAMPLES)('has every number of reports of %s', (of, format, report) => {
    const tally = new MetricTally('/');
    tally.addText(format, report);
    const kinds = of === 'coverage' ? ['coverage', 'JaCoCo'] : [of];
    const documented = reports[2]!
      .filter(([, owner]) => owner!.split(', ').some((kind) => kinds.includes(kind)))
      .flatMap(([names]) => codesIn(names!));
    expect(Object.keys(tally.measure().metrics).sort()).toEqual(documented.sort());
  });

  it('has every reason why a metric is missing, and those that may pass', () => {
    const section = sectionOf(text, '## Why a metric is missing');
    expect(findTables(section)[0]?.map(([code]) => codesIn(code!)[0])).toEqual([...MISSING_CODES]);
    const passing = codesIn(section.slice(section.indexOf('is tried again'))).filter(
      (code) => code !== 'retry',
    );
    expect(passing.sort()).toEqual([...PASSING_REASONS].sort());
  });

  const gates = findBlocks(text).filter(({ info }) => info === 'yaml gate');

  it.each(gates)('has a valid gate at line $line', ({ text: gate }) => {
    expect(readGate(gate).findings).toEqual([]);
  });

  it('shows every source', () => {
    const shown = gates.flatMap(({ text: gate }) => Object.values(readGate(gate).gate?.metrics ?? {}));
    expect(new Set(shown.map(({ from }) => from))).toEqual(
      new Set(['lcov', 'http', 'prometheus', 'datadog', 'newrelic']),
    );
  });
});
