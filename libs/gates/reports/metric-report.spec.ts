import { describe, expect, it } from '@jest/globals';
import { detectMetricFormat } from './detect-metric-format.js';
import { type MetricFormat, MetricTally } from './metric-report.js';

async function* inParts(text: string, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function measure(...texts: readonly string[]) {
  const tally = new MetricTally('/project/app');
  for (const text of texts) {
    const format = detectMetricFormat(text) as MetricFormat;
    if (format === 'lcov') await tally.addLcov(inParts(text));
    else tally.addText(format, text);
  }
  return tally.measure();
}

const LCOV = `TN:
SF:src/a.ts
FN:1,plus
FN:5,6,with, comma
FNDA:3,plus
FNDA:0,with, comma
FNF:2
FNH:1
BRDA:2,0,0,1
BRDA:2,0,1,-
BRDA:3,0,0,0
DA:1,3
DA:2,1,checksum==
DA:3,0
DA:4,1.5e+3
LF:4
LH:3
end_of_record
`;

const COBERTURA = `<?xml version="1.0" ?>
<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
<coverage line-rate="0.5" branch-rate="0.5" lines-valid="4" lines-covered="3" version="7.6">
  <sources><source>/project/app/src</source></sources>
  <packages><package name="p"><classes>
    <class name="a.ts" filename="a.ts"><methods>
      <method name="f" signature="()"><lines><line number="1" hits="2"/></lines></method>
      <method name="g" signature="()"><lines><line number="3" hits="0"/><line number="9" hits="0"/></lines></method>
    </methods><lines>
      <line number="1" hits="2"/><line number="2" hits="1" branch="true" condition-coverage="50% (1/2)"/><line number="3" hits="0"/>
    </lines></class>
  </classes></package></packages>
</coverage>`;

const JACOCO = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd"><report name="app"><sessioninfo id="x" start="1" dump="2"/>
<package name="com/acme"><class name="com/acme/A" sourcefilename="A.java">
<method name="f" desc="()V" line="3"><counter type="INSTRUCTION" missed="1" covered="5"/><counter type="METHOD" missed="0" covered="1"/></method>
<method name="g" desc="()V" line="6"><counter type="METHOD" missed="1" covered="0"/></method></class>
<sourcefile name="A.java"><line nr="3" mi="0" ci="3" mb="0" cb="0"/><line nr="4" mi="1" ci="2" mb="1" cb="1"/><line nr="6" mi="4" ci="0" mb="0" cb="0"/><counter type="LINE" missed="1" covered="2"/></sourcefile>
</package><counter type="LINE" missed="1" covered="2"/></report>`;

const result = (rule: string, more: object = {}) => ({ ruleId: rule, message: { text: 'm' }, ...more });
const SARIF = JSON.stringify({
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [
    {
      tool: {
        driver: {
          name: 'scan',
          rules: [
            {
              id: 'sql',
              defaultConfiguration: { level: 'error' },
              properties: { 'security-severity': '9.8' },
            },
            {
              id: 'weak',
              defaultConfiguration: { level: 'note' },
              properties: { 'security-severity': '3.0' },
            },
            { id: 'quiet' },
          ],
        },
        extensions: [
          {
            name: 'pack',
            rules: [
              {
                id: 'own',
                defaultConfiguration: { level: 'none' },
                properties: { 'security-severity': '7.0' },
              },
            ],
          },
        ],
      },
      results: [
        result('sql', { ruleIndex: 0 }),
        result('sql/1'),
        result('weak', { level: 'warning' }),
        result('unlisted'),
        result('sql', { suppressions: [{ kind: 'inSource' }] }),
        result('sql', { suppressions: [{ kind: 'external', status: 'underReview' }], baselineState: 'new' }),
        result('sql', { suppressions: [] }),
        result('sql', { kind: 'pass' }),
        result('sql', { baselineState: 'absent' }),
        { rule: { id: 'own', index: 0, toolComponent: { index: 0 } }, message: { text: 'm' } },
      ],
    },
  ],
});

const ESLINT = JSON.stringify([
  {
    filePath: '/project/app/a.js',
    messages: [
      { ruleId: 'eqeqeq', severity: 2, fix: { range: [0, 1], text: '' } },
      { ruleId: 'semi', severity: 1, fix: { range: [0, 1], text: '' } },
      { ruleId: null, severity: 2, fatal: true },
    ],
    suppressedMessages: [{ ruleId: 'semi', severity: 1 }],
    errorCount: 2,
    warningCount: 1,
    fatalErrorCount: 1,
    fixableErrorCount: 1,
    fixableWarningCount: 1,
  },
  { filePath: '/project/app/b.js', messages: [], errorCount: 0, warningCount: 0 },
]);

describe('numbers of reports', () => {
  it('reads LCOV of both generations, however it comes in parts', async () => {
    expect(await measure(LCOV)).toEqual({
      formats: ['lcov'],
      files: 1,
      metrics: {
        files: 1,
        ...{ 'lines.covered': 3, 'lines.total': 4, 'lines.percent': 75 },
        ...{ 'branches.covered': 1, 'branches.total': 3, 'branches.percent': 100 / 3 },
        ...{ 'functions.covered': 1, 'functions.total': 2, 'functions.percent': 50 },
      },
    });
    const second =
      'SF:x.c\r\nFNL:0,3,9\r\nFNA:0,0,f<int>\r\nFNA:0,2,f<char>\r\nFNL:1,12\r\nFNA:1,0,g\r\nDA:3,1\r\nend_of_record\r\n';
    expect((await measure(second)).metrics).toMatchObject({
      'functions.covered': 1,
      'functions.total': 2,
      'lines.total': 1,
    });
    expect((await measure('SF:x\nLF:10\nLH:4\nBRF:2\nBRH:2\nend_of_record\n')).metrics).toMatchObject({
      'lines.percent': 40,
      'branches.percent': 100,
    });
  });

  it.each([
    ['src/a.ts', 1],
    ['./src/a.ts', 1],
    ['/project/app/src/a.ts', 1],
    ['src\\a.ts', 1],
    ['src/x/../a.ts', 1],
    ['/elsewhere/src/a.ts', 2],
    ['/project/app2/src/a.ts', 2],
  ])('takes %s and src/a.ts for so many files: %d', async (path, files) => {
    const other = `SF:${path}\nDA:3,1\nDA:9,0\nBRDA:2,0,1,4\nFNDA:1,with, comma\nend_of_record\n`;
    const { metrics } = await measure(LCOV, other);
    expect([metrics['files'], metrics['lines.total']]).toEqual([files, files === 1 ? 5 : 6]);
    if (files === 1)
      expect([metrics['lines.covered'], metrics['branches.covered'], metrics['functions.covered']]).toEqual([
        4, 2, 2,
      ]);
  });

  it('reads Cobertura, whose files are those of other formats', async () => {
    const { metrics } = await measure(COBERTURA);
    expect(metrics).toMatchObject({
      files: 1,
      'lines.covered': 2,
      'lines.total': 3,
      'branches.percent': 50,
      'functions.covered': 1,
      'functions.total': 2,
    });
    const both = await measure(COBERTURA, 'SF:src/a.ts\nDA:3,1\nend_of_record\n');
    expect([both.formats, both.metrics['files'], both.metrics['lines.percent']]).toEqual([
      ['cobertura', 'lcov'],
      1,
      100,
    ]);
    const inMethods = COBERTURA.replace(/<\/methods>[\s\S]*?<\/class>/, '</methods></class>');
    expect((await measure(inMethods)).metrics).toMatchObject({ 'lines.covered': 1, 'lines.total': 3 });
    const sums =
      '<coverage line-rate="0.5" lines-valid="8" lines-covered="2" branches-valid="0" branches-covered="0"/>';
    expect((await measure(sums)).metrics).toEqual({
      files: 0,
      'lines.covered': 2,
      'lines.total': 8,
      'lines.percent': 25,
    });
  });

  it('reads JaCoCo, with groups, and its counters where no line is told', async () => {
    const numbers = {
      files: 1,
      ...{ 'lines.covered': 2, 'lines.total': 3, 'branches.covered': 1, 'branches.total': 2 },
      ...{
        'functions.covered': 1,
        'functions.total': 2,
        'instructions.covered': 5,
        'instructions.total': 10,
      },
    };
    expect((await measure(JACOCO)).metrics).toMatchObject(numbers);
    expect((await measure(JACOCO, JACOCO.replaceAll('name="app"', 'name="again"'))).metrics).toMatchObject(
      numbers,
    );
    const grouped = JACOCO.replace('<package', '<group name="core"><package').replace(
      '</package>',
      '</package></group>',
    );
    expect((await measure(JACOCO, grouped)).metrics).toMatchObject({ files: 2, 'lines.total': 6 });
    const sums =
      '<report name="a"><counter type="LINE" missed="1" covered="3"/><counter type="METHOD" missed="2" covered="0"/></report>';
    expect((await measure(sums)).metrics).toMatchObject({ 'lines.percent': 75, 'functions.percent': 0 });
  });

  it('counts SARIF by level, severity and rule, what is suppressed apart', async () => {
    expect((await measure(SARIF)).metrics).toEqual({
      results: 7,
      ...{ errors: 4, warnings: 2, notes: 0, suppressed: 1, new: 1 },
      ...{ critical: 4, high: 1, medium: 0, low: 1 },
      ...{
        'rules.sql': 3,
        'rules.sql/1': 1,
        'rules.weak': 1,
        'rules.quiet': 0,
        'rules.unlisted': 1,
        'rules.own': 1,
      },
    });
  });

  it('counts what ESLint says, with and without its metadata', async () => {
    const numbers = {
      ...{ files: 2, errors: 2, warnings: 1, fatal: 1, suppressed: 1 },
      ...{ fixable: 2, 'fixable.errors': 1, 'fixable.warnings': 1, 'rules.eqeqeq': 1, 'rules.semi': 1 },
    };
    expect((await measure(ESLINT)).metrics).toEqual(numbers);
    expect((await measure(`{"results":${ESLINT},"metadata":{}}`)).metrics).toEqual(numbers);
    const bare = '[{"filePath":"a","errorCount":3,"warningCount":0,"fixableErrorCount":1}]';
    expect((await measure(bare)).metrics).toMatchObject({ errors: 3, fixable: 1 });
  });

  it('adds tests of all formats', async () => {
    const junit =
      '<testsuite name="s"><testcase name="a" time="1"/><testcase name="b"><failure/></testcase><testcase name="c"><skipped/></testcase></testsuite>';
    const { formats, metrics } = await measure(
      junit,
      '1..1\nok 1\n',
      '{"results":{"tests":[{"name":"c","status":"other"}]}}',
    );
    expect(formats).toEqual(['junit', 'tap', 'ctrf']);
    expect(metrics).toEqual({
      total: 5,
      passed: 2,
      failed: 1,
      skipped: 1,
      errors: 1,
      failures: 2,
      durationMs: 1000,
      'passed.percent': 50,
    });
  });

  it.each([
    '<testsuite><testcase name="a"/></testsuite>',
    '<testsuite><testcase name="a" time="-1"/><testcase name="b" time="1"/></testsuite>',
    '1..1\nok 1\n',
    '1..1\nok 1\n  ---\n  duration_ms: soon\n  ...\n',
    '{"results":{"tests":[{"name":"a","status":"passed","duration":"1"}]}}',
    '{"results":{"tests":[{"name":"a","status":"passed","duration":-1}]}}',
    '{"results":{"summary":{"passed":1,"failed":0,"skipped":0,"pending":0,"other":0,"start":9,"stop":3}}}',
  ])('tells no duration that would pass where none was measured: %j', async (text) => {
    const { metrics } = await measure(text);
    expect(metrics).toMatchObject({ failures: 0 });
    expect(metrics).not.toHaveProperty('durationMs');
  });

  it.each([
    ['<testsuites/>', { total: 0 }],
    ['<testsuite><testcase><skipped/></testcase></testsuite>', { total: 1, skipped: 1 }],
    ['1..0\n', { total: 0 }],
    ['1..1\nok 1 # skip\n', { total: 1, skipped: 1 }],
    ['[]', { files: 0 }],
    ['<coverage line-rate="0"/>', { files: 0 }],
    ['SF:a\nend_of_record\n', { files: 1 }],
  ])('has no number that would pass where nothing was looked at: %j', async (text, metrics) => {
    const found = await measure(text);
    expect(found.metrics).toEqual(metrics);
    expect(found.empty).toContain('no ');
  });

  it.each<[string, string, RegExp]>([
    [LCOV.slice(0, LCOV.indexOf('\nDA:2') + 1), 'report-invalid', /ends within a record/],
    [LCOV.replace('\nDA:3,0', '\nDA:3,-1'), 'report-invalid', /line 14: "-1" is not a count/],
    [LCOV.replace('\nDA:3,0', '\nDA:3,NaN'), 'report-invalid', /NaN/],
    [LCOV.replace('\nDA:3,0', '\nDA:-3,0'), 'report-invalid', /number/],
    [LCOV.replace('\nDA:3,0', '\nDA:99999999,0'), 'report-too-large', /line number/],
    [`${LCOV}DA:1,1\n`, 'report-invalid', /outside a record/],
    [`SF:a\n${LCOV}`, 'report-invalid', /outside|within|begins/],
    ['TN:x\n', 'report-invalid', /no record/],
    ['SF:a\nLF:1\nLH:2\nend_of_record\n', 'report-invalid', /LH is more/],
    [`SF:${'a'.repeat(70_000)}`, 'report-invalid', /longer/],
    [COBERTURA.slice(0, 500), 'report-invalid', /Cobertura/],
    [COBERTURA.replace('hits="0"', 'hits="-1"'), 'report-invalid', /hits="-1"/],
    [COBERTURA.replace('hits="0"', 'hits="NaN"'), 'report-invalid', /NaN/],
    [COBERTURA.replace('(1/2)', '(3/2)'), 'report-invalid', /conditions/],
    [COBERTURA.replace('-04.dtd">', '-04.dtd" [<!ENTITY a "b">]>'), 'report-invalid', /document type/],
    [
      JACOCO.replace('"report.dtd">', '"report.dtd" [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]>'),
      'report-invalid',
      /document type/,
    ],
    [JACOCO.replace('ci="3"', 'ci="-3"'), 'report-invalid', /ci="-3"/],
    [SARIF.replace('"2.1.0"', '"2.0.0"'), 'report-invalid', /version/],
    [SARIF.slice(0, 300), 'report-invalid', /not JSON/],
    ['{"version":"2.1.0","runs":[]}', 'report-incomplete', /no run/],
    ['{"version":"2.1.0","runs":[{"tool":{}}]}', 'report-incomplete', /no results/],
    [
      '{"version":"2.1.0","runs":[{"results":[],"invocations":[{"executionSuccessful":false}]}]}',
      'report-incomplete',
      /tool failed/,
    ],
    [
      '{"version":"2.1.0","runs":[{"results":[],"externalPropertyFileReferences":{"results":[]}}]}',
      'report-invalid',
      /other files/,
    ],
    [SARIF.replace('"9.8"', '"-1"'), 'report-invalid', /security-severity/],
    [SARIF.replace('"warning"', '"fatal"'), 'report-invalid', /level/],
    ['[{"filePath":"a","messages":[],"errorCount":-1}]', 'report-invalid', /errorCount/],
    ['[{"filePath":"a","messages":[],"errorCount":2,"warningCount":0}]', 'report-invalid', /more than/],
    ['[{"filePath":"a","messages":[{"severity":3}]}]', 'report-invalid', /severity/],
    ['[1]', 'report-invalid', /filePath/],
    ['[{"filePath":"a"', 'report-invalid', /not JSON/],
  ])('refuses %#', async (text, code, message) => {
    await expect(measure(text)).rejects.toMatchObject({
      code,
      fault: 'user',
      message: expect.stringMatching(message),
    });
  });

  it('makes no sum of tests and coverage', async () => {
    await expect(measure(LCOV, '<testsuite/>')).rejects.toMatchObject({ code: 'report-kinds-mixed' });
  });

  it.each([
    ['<!-- <testsuite> --><report name="x">', 'jacoco'],
    ['<coverage generated="1" clover="4.0"><project/></coverage>', undefined],
    ['\ufeff<?xml version="1.0"?>\n<c:coverage line-rate="1" xmlns:c="x">', 'cobertura'],
    ['<html><body/></html>', undefined],
    ['{"runs": [', 'sarif'],
    ['{"reportFormat":"CTRF","results":{"tests":[]}}', 'ctrf'],
    ['{}', undefined],
    ['null', undefined],
    ['# comment\nTN:\nSF:a', 'lcov'],
    ['TAP version 14\nok 1 - SF: x\nSF:not\n', 'tap'],
    ['', undefined],
  ])('tells %j as %s', (text, format) => {
    expect(detectMetricFormat(text)).toBe(format);
  });
});
