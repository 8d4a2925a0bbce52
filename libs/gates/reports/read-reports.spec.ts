import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { REPORT_SOURCES } from '#contracts/judgement/metric-source.js';
import { readReports } from './read-reports.js';
import { openReportFolder } from './report-files.js';

let outside = '';
let root = '';

const LCOV = 'SF:src/a.ts\nDA:1,1\nDA:2,0\nend_of_record\n';

beforeAll(() => {
  outside = mkdtempSync(join(tmpdir(), 'reports-'));
  root = join(outside, 'folder');
  mkdirSync(join(root, 'deep'), { recursive: true });
  writeFileSync(join(root, 'a.info'), LCOV);
  writeFileSync(join(root, 'deep/b.info'), `SF:${root}/src/a.ts\nDA:2,1\nend_of_record\n`);
  writeFileSync(join(root, 'cut.info'), LCOV.slice(0, 19));
  writeFileSync(join(root, 'tests.xml'), '<testsuite><testcase name="a"/></testsuite>');
  writeFileSync(join(root, 'tests.tap'), '1..1\nok 1\n');
  writeFileSync(join(root, 'words.txt'), 'all is well');
  writeFileSync(join(root, 'huge.sarif'), '{"version":"2.1.0","runs":[]}');
  truncateSync(join(root, 'huge.sarif'), 500 * 1024 * 1024);
  writeFileSync(join(root, 'huge.xml'), '<testsuite><testcase name="a"/></testsuite>');
  truncateSync(join(root, 'huge.xml'), 500 * 1024 * 1024);
  writeFileSync(join(root, 'huge.info'), LCOV);
  truncateSync(join(root, 'huge.info'), 1025 * 1024 * 1024);
  writeFileSync(join(outside, 'secret.info'), LCOV);
  symlinkSync(join(outside, 'secret.info'), join(root, 'link.info'));
});
afterAll(() => rmSync(outside, { recursive: true }));

const read = (patterns: string[], from: (typeof REPORT_SOURCES)[number] = 'report') =>
  readReports({ patterns, from, folder: openReportFolder(root, new AbortController().signal) });

describe('reports of a folder', () => {
  it('reads all files that match as one report', async () => {
    const { files, metrics } = await read(['a.info', '**/{a,b}.info'], 'lcov');
    expect([files, metrics['files'], metrics['lines.percent']]).toEqual([2, 1, 100]);
    expect((await read(['tests.*'], 'junit')).metrics).toMatchObject({ total: 2, failed: 0 });
  });

  it.each<[string, (typeof REPORT_SOURCES)[number], string, RegExp]>([
    ['none.info', 'lcov', 'report-not-found', /none.info/],
    ['deep', 'report', 'report-not-found', /deep/],
    ['../secret.info', 'lcov', 'report-pattern-invalid', /leads out/],
    ['/etc/passwd', 'lcov', 'report-pattern-invalid', /leads out/],
    ['link.info', 'lcov', 'report-pattern-invalid', /leads out/],
    ['huge.sarif', 'sarif', 'report-too-large', /"huge.sarif".*32 MiB/],
    ['huge.xml', 'junit', 'report-too-large', /"huge.xml".*32 MiB/],
    ['huge.info', 'lcov', 'report-too-large', /1024 MiB/],
    ['words.txt', 'report', 'report-format-unknown', /"words.txt"/],
    ['a.info', 'jacoco', 'report-format-other', /lcov, not jacoco/],
    ['tests.xml', 'lcov', 'report-format-other', /junit, not lcov/],
    ['cut.info', 'report', 'report-invalid', /"cut.info".*within a record/],
    ['{a.info,tests.xml}', 'report', 'report-kinds-mixed', /"tests.xml".*lcov and junit/],
  ])('refuses %s as %s with %s', async (pattern, from, code, message) => {
    await expect(read([pattern], from)).rejects.toMatchObject({
      code,
      fault: 'user',
      message: expect.stringMatching(message),
      hint: expect.any(String),
      details: { retryable: false },
    });
  });
});
