import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { reportMetrics } from '#contracts/catalogue/report-metrics.js';
import type { ActionContext } from '#contracts/ports.js';
import type { Json } from '#domain/json.js';
import { readMetricReports } from './report-metrics.js';

let root = '';
let workspace = '';
let lines: string[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'metrics-'));
  workspace = join(root, 'workspace');
  mkdirSync(join(workspace, '.sluice'), { recursive: true });
  lines = [];
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(join(workspace, name), text);
const read = (files: Json): Promise<Json> =>
  readMetricReports({ files }, {
    workspace,
    signal: new AbortController().signal,
    log: (_: string, text: string) => lines.push(text),
  } as unknown as ActionContext);

const sarif = (rules: readonly string[], results: readonly string[]) =>
  JSON.stringify({
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 's', rules: rules.map((id) => ({ id })) } },
        results: results.map((ruleId) => ({ ruleId })),
      },
    ],
  });

describe('report/metrics', () => {
  it('names the numbers of all reports by theirs', async () => {
    write('a.info', `SF:${workspace}/src/a.ts\nDA:1,1\nDA:2,0\nDA:3,1\nend_of_record\n`);
    write('b.info', 'SF:src/a.ts\nDA:2,1\nend_of_record\n');
    write('t.xml', '<testsuite><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite>');
    write('none.json', '[]');
    write('.sluice/t.xml', '<testsuite><testcase name="hidden"/></testsuite>');
    const output = await read({ coverage: ['a.info', 'b.info'], tests: '**/*.xml', lint: 'none.json' });
    expect(output).toEqual({
      metrics: {
        ...{
          'coverage.files': 1,
          'coverage.lines.covered': 3,
          'coverage.lines.total': 3,
          'coverage.lines.percent': 100,
        },
        ...{ 'tests.total': 2, 'tests.passed': 1, 'tests.failed': 1, 'tests.skipped': 0, 'tests.errors': 0 },
        ...{ 'tests.failures': 1, 'tests.passed.percent': 50 },
        'lint.files': 0,
      },
      reports: {
        coverage: { formats: ['lcov'], files: 2 },
        tests: { formats: ['junit'], files: 1 },
        lint: { formats: ['eslint'], files: 1, empty: 'no file was looked at' },
      },
    });
    expect(new Ajv2020({ strict: true }).validate(reportMetrics.output, output)).toBe(true);
    expect(lines).toEqual([
      'coverage: lcov in 2 files: lines.percent 100.',
      'tests: junit in 1 file: total 2, passed 1, failed 1, errors 0.',
      'lint: eslint in 1 file: no file was looked at.',
    ]);
  });

  it('keeps the rules that found most, where there are too many', async () => {
    const rules = Array.from({ length: 1_500 }, (_, index) => `r${index}`);
    write('s.sarif', sarif(rules, ['r1400', 'r1400', 'r1499']));
    const { metrics } = (await read({ scan: 's.sarif' })) as { metrics: Record<string, number> };
    expect(Object.keys(metrics).filter((name) => name.startsWith('scan.rules.'))).toHaveLength(1_000);
    expect([metrics['scan.rules.r1400'], metrics['scan.rules.r1499'], metrics['scan.warnings']]).toEqual([
      2, 1, 3,
    ]);
  });

  it.each([
    ['missing.info', 'report-not-found'],
    ['../outside.info', 'report-pattern-invalid'],
    ['link.info', 'path-outside-workspace'],
    ['words.txt', 'report-format-unknown'],
    ['cut.info', 'report-invalid'],
  ])('refuses %s with %s', async (files, code) => {
    writeFileSync(join(root, 'outside.info'), 'SF:a\nend_of_record\n');
    symlinkSync(join(root, 'outside.info'), join(workspace, 'link.info'));
    write('words.txt', 'fine');
    write('cut.info', 'SF:a\n');
    await expect(read({ a: files })).rejects.toMatchObject({
      code,
      fault: 'user',
      details: { retryable: false },
    });
  });
});
