import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ReportJunitInput } from '#contracts/catalogue/report-junit.js';
import type { ActionContext } from '#contracts/ports.js';
import type { Json } from '#domain/json.js';
import { readTestReports } from './report-junit.js';

let root = '';
let workspace = '';
let lines: string[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'report-'));
  workspace = join(root, 'workspace');
  mkdirSync(workspace);
  lines = [];
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  const file = join(workspace, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const read = (input: ReportJunitInput): Promise<Json> =>
  readTestReports(
    input as unknown as Json,
    {
      workspace,
      signal: new AbortController().signal,
      log: (_: string, text: string) => lines.push(text),
    } as unknown as ActionContext,
  );

const JUNIT =
  '<testsuite name="s"><testcase name="a" time="1"/><testcase name="b"><failure message="no"/></testcase></testsuite>';
const CTRF = '{"results":{"tests":[{"name":"c","status":"passed","duration":5}]}}';
const TAP = '1..2\nok 1 - d\nok 2 - e # SKIP\n';

describe('report/junit', () => {
  it('adds reports of all formats, each file once', async () => {
    write('out/a.xml', JUNIT);
    write('out/deep/er/b.json', CTRF);
    write('out/c.tap', TAP);
    write('.sluice/home/x.xml', JUNIT);
    write('.git/x.xml', JUNIT);
    expect(await read({ files: ['**/*.xml', 'out/a.xml', 'out/**/*.{json,tap}'] })).toEqual({
      total: 5,
      passed: 3,
      failed: 1,
      skipped: 1,
      errors: 0,
      durationMs: 1005,
      failures: [{ suite: 's', name: 'b', message: 'no' }],
      files: 3,
    });
    expect(lines).toEqual(['5 tests in 3 files: 3 passed, 1 failed, 0 broken, 1 skipped.']);
  });

  it('fails with failed tests where told, and not by chance', async () => {
    write('a.xml', JUNIT);
    await expect(read({ files: 'a.xml', failOn: 'failures' })).rejects.toMatchObject({
      code: 'tests-failed',
      fault: 'user',
      message: '1 of 2 tests failed; first: s > b.',
      details: { class: 'test', retryable: false, total: 2, failed: 1 },
    });
    write('b.tap', TAP);
    expect(await read({ files: 'b.tap', failOn: 'failures' })).toMatchObject({ failed: 0, total: 2 });
  });

  it('lists no more than 50 failures', async () => {
    write('a.tap', `1..80\n${'not ok\n'.repeat(80)}`);
    const output = (await read({ files: 'a.tap' })) as { failures: unknown[]; failed: number };
    expect([output.failures.length, output.failed]).toEqual([50, 80]);
  });

  it('takes the format that it is told', async () => {
    write('a.txt', `words first\n${TAP}`);
    expect(await read({ files: 'a.txt', format: 'tap' })).toMatchObject({ total: 2 });
    await expect(read({ files: 'a.txt', format: 'junit' })).rejects.toMatchObject({ code: 'report-invalid' });
  });

  it.each([
    ['nothing.xml', 'report-not-found'],
    ['**/*.nothing', 'report-not-found'],
    ['folder', 'report-not-found'],
    ['pipe', 'report-not-found'],
    ['../outside.xml', 'report-pattern-invalid'],
    ['a/../../outside.xml', 'report-pattern-invalid'],
    ['/etc/passwd', 'report-pattern-invalid'],
    ['{a,b}'.repeat(100), 'report-pattern-invalid'],
    ['link.xml', 'path-outside-workspace'],
    ['linked/outside.xml', 'path-outside-workspace'],
    ['huge.xml', 'report-too-large'],
    ['words.txt', 'report-format-unknown'],
    ['empty.xml', 'report-format-unknown'],
    ['cut.xml', 'report-invalid'],
  ])('refuses %s with %s', async (files, code) => {
    mkdirSync(join(workspace, 'folder'));
    execFileSync('mkfifo', [join(workspace, 'pipe')]);
    writeFileSync(join(root, 'outside.xml'), JUNIT);
    symlinkSync(join(root, 'outside.xml'), join(workspace, 'link.xml'));
    symlinkSync(root, join(workspace, 'linked'));
    write('huge.xml', '<testsuite/>');
    truncateSync(join(workspace, 'huge.xml'), 33 * 1024 * 1024);
    write('words.txt', 'all is well');
    write('empty.xml', '');
    write('cut.xml', JUNIT.slice(0, 60));
    await expect(read({ files })).rejects.toMatchObject({
      code,
      fault: 'user',
      details: { retryable: false },
      hint: expect.any(String),
    });
  });
});
