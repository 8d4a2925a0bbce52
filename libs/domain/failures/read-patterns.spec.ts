import { describe, expect, it } from '@jest/globals';
import { Diagnostician } from './classify.js';
import { readPatterns } from './read-patterns.js';

const ONE = {
  id: 'license_server_busy',
  class: 'resource',
  title: 'No licence free',
  remediation: 'Wait for a licence, or buy one.',
  patterns: ['no licence * available', 'licence pool # of #'],
};

function text(change: object): string {
  return JSON.stringify({ categories: [{ ...ONE, ...change }] });
}

describe('patterns of a user', () => {
  it('come before those of Sluice', () => {
    const own = readPatterns(text({ strategy: 'retry-later' }));
    const log = 'src/a.c:1:1: error: x\nno licence for CAD available, connection refused\n';
    expect(new Diagnostician(own).classify({ log })).toMatchObject({
      class: 'resource',
      category: 'license_server_busy',
      line: 2,
      remediation: ONE.remediation,
      strategy: { kind: 'retry', delayMs: 30_000 },
    });
  });

  it('replace a known category of the same id', () => {
    const own = readPatterns(
      text({ id: 'connection_refused', class: 'infrastructure', patterns: ['refused at the gate'] }),
    );
    expect(new Diagnostician(own).classify({ log: 'refused at the gate' })).toMatchObject({
      class: 'infrastructure',
    });
  });

  it('may be YAML', () => {
    expect(
      readPatterns(
        'categories:\n  - id: a\n    class: test\n    title: t\n    remediation: r\n    patterns: [abc]\n    weight: 40\n',
      ),
    ).toEqual([{ id: 'a', class: 'test', title: 't', remediation: 'r', patterns: ['abc'], weight: 40 }]);
  });

  it.each([
    ['nothing', ''],
    ['no YAML', '{'],
    ['no list', '{}'],
    ['an empty list', '{"categories":[]}'],
    ['too many', JSON.stringify({ categories: Array.from({ length: 501 }, () => ONE) })],
    ['one id twice', JSON.stringify({ categories: [ONE, ONE] })],
    ['an unknown key', text({ regex: '(a+)+$' })],
    ['an unknown class', text({ class: 'bad luck' })],
    ['a bad id', text({ id: 'No Id' })],
    ['no remediation', text({ remediation: '' })],
    ['a pattern that fits all', text({ patterns: ['*'] })],
    ['no list of patterns', text({ patterns: 'abc' })],
    ['no pattern', text({ patterns: [] })],
    ['a pattern that is no text', text({ patterns: [7] })],
    ['a weight out of bounds', text({ weight: 101 })],
    ['an unknown strategy', text({ strategy: 'pray' })],
    ['a strategy of the prototype', text({ strategy: 'toString' })],
  ])('are refused where there is %s', (_, source) => {
    expect(() => readPatterns(source)).toThrow(expect.objectContaining({ code: 'failure-patterns-invalid' }));
  });
});
