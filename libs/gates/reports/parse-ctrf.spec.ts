import { describe, expect, it } from '@jest/globals';
import { parseCtrf } from './parse-ctrf.js';

const report = (tests: unknown, summary?: unknown) =>
  JSON.stringify({
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    results: { tool: { name: 't' }, summary, tests },
  });

describe('parseCtrf', () => {
  it('counts its tests', () => {
    const text = report(
      [
        { name: 'a', status: 'passed', duration: 10 },
        { name: 'b', status: 'failed', duration: 20, message: 'no', trace: 'at x', suite: 'one' },
        { name: 'c', status: 'skipped', duration: 0 },
        { name: 'd', status: 'pending', duration: 0 },
        { name: 'e', status: 'other', duration: 5, suite: ['one', 'two'] },
      ],
      { tests: 99, passed: 99, failed: 0, skipped: 0, pending: 0, other: 0 },
    );
    const { totals, cases } = parseCtrf(text);
    expect(totals).toEqual({ total: 5, passed: 1, failed: 1, skipped: 2, errors: 1, durationMs: 35 });
    expect(cases[1]).toEqual({
      suite: 'one',
      name: 'b',
      status: 'failed',
      durationMs: 20,
      message: 'no\nat x',
    });
    expect(cases[4]?.suite).toBe('one > two');
  });

  it('counts an error where the summary tells of failures and none is listed', () => {
    const passed = { name: 'a', status: 'passed' };
    const summary = { tests: 2, passed: 1, failed: 1, skipped: 0, pending: 0, other: 0 };
    expect(parseCtrf(report([passed], summary)).totals).toMatchObject({ total: 2, passed: 1, errors: 1 });
    const failed = { name: 'b', status: 'failed' };
    expect(parseCtrf(report([passed, failed], summary)).totals).toMatchObject({ total: 2, errors: 0 });
  });

  it('takes the summary where no test is listed', () => {
    const summary = {
      tests: 4,
      passed: 1,
      failed: 1,
      skipped: 1,
      pending: 0,
      other: 1,
      start: 1000,
      stop: 1500,
    };
    expect(parseCtrf(report([], summary)).totals).toEqual({
      total: 4,
      passed: 1,
      failed: 1,
      skipped: 1,
      errors: 1,
      durationMs: 500,
    });
  });

  it.each([
    ['not JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['no results', '{"tests":[]}'],
    ['no tests and no summary', report(undefined)],
    ['a test without name', report([{ status: 'passed' }])],
    ['an unknown status', report([{ name: 'a', status: 'constructor' }])],
    ['a test that is null', report([null])],
    ['negative counts', report([], { passed: -1 })],
    ['counts that are text', report([], { passed: '7' })],
  ])('refuses %s', (_, text) => {
    expect(() => parseCtrf(text)).toThrow(expect.objectContaining({ code: 'report-invalid' }));
  });
});
