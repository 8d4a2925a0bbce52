import { describe, expect, it } from '@jest/globals';
import { FAILURE_CLASSES } from '../execution/step-error.js';
import { CATEGORIES, UNKNOWN_CATEGORY } from './categories/categories.js';
import { Diagnostician } from './classify.js';
import { parseGlob } from './glob.js';
import { BUILD_SIGNALS } from './signals/build-signals.js';
import { RUNTIME_SIGNALS } from './signals/runtime-signals.js';
import { TEST_SIGNALS } from './signals/test-signals.js';
import { TOOL_SIGNALS } from './signals/tool-signals.js';

const diagnostician = new Diagnostician();
const SIGNALS = [...BUILD_SIGNALS, ...TEST_SIGNALS, ...RUNTIME_SIGNALS, ...TOOL_SIGNALS];

function find(log: string) {
  const { class: failureClass, category, line } = diagnostician.classify({ log });
  return { class: failureClass, category, line };
}

describe('the tables', () => {
  it('have each category once, of a known class, with patterns that can be read', () => {
    const ids = CATEGORIES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, class: failureClass, patterns, weak = [] } of CATEGORIES) {
      expect(FAILURE_CLASSES).toContain(failureClass);
      const bad = [...patterns, ...weak].filter((pattern) => typeof parseGlob(pattern) === 'string');
      expect({ id, bad }).toEqual({ id, bad: [] });
    }
  });

  it('name known categories for every form of line, and no category without a way to it', () => {
    const ids = new Set(CATEGORIES.map(({ id }) => id));
    const bySignal = new Set(SIGNALS.map(({ category }) => category));
    expect([...bySignal].filter((id) => !ids.has(id))).toEqual([]);
    expect(
      CATEGORIES.filter(({ id, patterns }) => patterns.length === 0 && !bySignal.has(id)).map(({ id }) => id),
    ).toEqual([]);
  });

  it('read hostile lines in linear time, whatever the form', () => {
    const hostile = [
      ...['a', ':', '(', ' ', '1', 'x:', 'a.', '::', 'Error', ' > ', '/a', '[1', 'a1:', '$.'].map((each) =>
        each.repeat(4_000),
      ),
      ...['error', 'failed', 'fail', 'error:', 'warning'].map((each) => `${'a:1 '.repeat(1_000)}${each}`),
      ...['error ', 'failed ', 'at ', '- '].map((each) => each.repeat(2_000)),
    ].map((line) => line.slice(0, 2_000));
    const slow = [...SIGNALS.map(({ form }) => form)].filter((form): form is RegExp => form !== undefined);
    const started = process.cpuUsage().user;
    for (const form of slow) for (const line of hostile) form.test(line);
    // A form that goes back over the line for each of its characters would take minutes.
    expect(process.cpuUsage().user - started).toBeLessThan(20_000_000);
  });
});

describe('the line that made a job fail', () => {
  it.each([
    [
      'a retry that went well',
      'fatal: early EOF\nWaiting 14 seconds before trying again\nok\n./x: line 3: jq: command not found\n',
      'os_cmd_execution_error',
      4,
    ],
    [
      'a right that Terraform lacks',
      'aws_s3_bucket.b: Creating...\n│ Error: creating S3 Bucket (b): AccessDenied: Access Denied\n',
      'cloud_access_denied',
      2,
    ],
    [
      'a program that the image lacks',
      '#8 0.550 sh: vite: not found\n#8 ERROR: process "/bin/sh -c vite" did not complete successfully: exit code: 127\n',
      'os_cmd_execution_error',
      1,
    ],
    [
      'a test that logged an error and passed',
      '=== RUN   TestA\n    a_test.go:1: error: fine\n--- PASS: TestA\n=== RUN   TestB\n    b_test.go:9: bad\n--- FAIL: TestB\n',
      'test_failure',
      5,
    ],
    [
      'an echo of the script',
      '+ echo error: not this one\n+ curl -f https://x\ncurl: (6) Could not resolve host: x\n',
      'host_resolution_failure',
      3,
    ],
    [
      'a script that a runner shows',
      '##[group]Run ./x\n\u001b[36;1mecho "error: no"\u001b[0m\nenv:\n  ERROR: fatal\n##[endgroup]\nfatal: bad object abc\n',
      'git_ref_not_found',
      6,
    ],
    [
      'exit codes alone',
      'make: *** [all] Error 2\nsrc/a.c:3:1: error: unknown type name\n##[error]Process completed with exit code 2.\n',
      'compile_error',
      2,
    ],
    [
      'what follows the end of the job',
      'a.go:1:2: undefined: x\n##[error]Process completed with exit code 1.\nPost job cleanup.\nfatal: not a git repository\n',
      'compile_error',
      1,
    ],
    [
      'what is far below',
      `src/a.c:3:1: error: unknown type name\n${'working\n'.repeat(30)}`,
      'compile_error',
      1,
    ],
    [
      'what is no nearer to the end, of errors that tell the same',
      `ERROR: one\n${'working\n'.repeat(20)}ERROR: two\n##[error]Process completed with exit code 1.\n`,
      UNKNOWN_CATEGORY,
      22,
    ],
    ['noise', 'Sending telemetry\nKilled\n', 'process_killed', 2],
    [
      'what follows an end that reads like that of a command too',
      'ERROR: one\nProcess exited with code 1\nfatal: not a git repository\n',
      UNKNOWN_CATEGORY,
      1,
    ],
    ['words that mean little by themselves', 'TOKEN must be set\nERROR: one\n', UNKNOWN_CATEGORY, 2],
    ['an error without a name', 'ERROR: TOKEN must be set\n', 'misconfigured_env_variable', 1],
    ['no errors', '0 errors, 0 warnings\nTests: 0 failed\nfound no errors\nKilled\n', 'process_killed', 4],
    [
      'an exception that caused another',
      'Traceback (most recent call last):\n  File "a"\nKeyError: 1\n\nThe above exception was the direct cause of the following exception:\n\nTraceback (most recent call last):\n  File "b"\nRuntimeError: no such order\n',
      'unhandled_exception',
      9,
    ],
    [
      'an exception that only tells of another failure',
      'a.py:3: in f\nValueError: 7 is odd\nTraceback (most recent call last):\n  File "b"\nRuntimeError: tests failed!\n',
      'unhandled_exception',
      2,
    ],
    [
      'the ends of lines of Windows',
      'one\r\nsrc\\a.c(3): error C2065: x: undeclared\r\ntwo\r\n',
      'compile_error',
      2,
    ],
    ['what a progress bar overwrote', 'error: no\rfatal: no\r100 %\nKilled\n', 'process_killed', 2],
    [
      'a stamp and colours',
      '2026-01-01T00:00:00.0000000Z \u001b[31mE\u001b[0mRR\n2026-01-01T00:00:01.0000000Z \u001b[1m\u001b[31merror\u001b[0m\u001b[1m: no such file or directory\u001b[0m\n',
      'repository_file_not_found',
      2,
    ],
  ])('is not %s', (_, log, category, line) => {
    expect(find(log)).toMatchObject({ category, line });
  });

  it('is the last plain words before the end where nothing looks like an error', () => {
    expect(
      find('one\ntwo\n\nThe budget is spent.\nAsk Bob.\n##[error]Process completed with exit code 1.\n'),
    ).toEqual({
      class: 'unknown',
      category: UNKNOWN_CATEGORY,
      line: 4,
    });
  });

  it('is given with the lines around it', () => {
    const log = 'a\nb\nc\nd\nKilled\ne\nf\ng\nh\n';
    expect(diagnostician.classify({ log })).toMatchObject({
      line: 5,
      text: 'Killed',
      before: ['b', 'c', 'd'],
      after: ['e', 'f', 'g'],
      lines: 9,
    });
  });
});

describe('a hostile log', () => {
  it.each([
    ['nothing', ''],
    ['line feeds', '\n'.repeat(100_000)],
    ['NUL', '\0'.repeat(100_000)],
    ['one long line', 'error: x '.repeat(200_000)],
    ['terminal sequences', '\u001b[31m'.repeat(100_000)],
    ['unfinished sequences', `${'\u001b]0;'.repeat(50_000)}\n${'\u001b['.repeat(50_000)}`],
    ['half characters', '\ud800error: \udfff\n'.repeat(1_000)],
    ['groups that never end', '##[group]Run x\n'.repeat(10_000)],
    ['traces that never end', `Traceback (most recent call last):\n${'  x\n'.repeat(20_000)}`],
  ])('of %s is read to its end', (_, log) => {
    const { class: failureClass, text = '' } = diagnostician.classify({ log });
    expect(FAILURE_CLASSES).toContain(failureClass);
    expect(text.length).toBeLessThanOrEqual(400);
    expect(text.isWellFormed()).toBe(true);
  });

  it('in UTF-16 is read as what it says', () => {
    const log = [...'error: No space left on device\n']
      .map((each) => (each === '\n' ? each : `${each}\0`))
      .join('');
    expect(find(log).category).toBe('testing_device_oom_error');
  });
});

describe('without a telling line', () => {
  it.each([
    [137, 'container_oom_error', 'resource'],
    [127, 'os_cmd_execution_error', 'configuration'],
    [124, 'job_execution_timeout', 'timeout'],
    [139, 'program_crash', 'code'],
    [3, UNKNOWN_CATEGORY, 'unknown'],
  ])('exit code %d is %s', (exitCode, category, failureClass) => {
    expect(diagnostician.classify({ exitCode, log: 'working\n' })).toMatchObject({
      category,
      class: failureClass,
    });
  });

  it('the error is asked', () => {
    const error = { class: 'unknown', message: 'connect ECONNREFUSED 127.0.0.1:5432' } as const;
    expect(diagnostician.classify({ error })).toMatchObject({
      class: 'transient',
      category: 'connection_refused',
    });
  });

  it('the class that the action told stays', () => {
    const error = { class: 'configuration', message: 'x' } as const;
    expect(diagnostician.classify({ error, log: 'odd\n' })).toMatchObject({ class: 'configuration' });
  });
});
