import { describe, expect, it } from '@jest/globals';
import { type Glob, matchesGlob, parseGlob } from './glob.js';

function matches(pattern: string, line: string): boolean {
  return matchesGlob(parseGlob(pattern) as Glob, line.toLowerCase());
}

describe('a pattern over a line', () => {
  it.each([
    ['connection refused', 'dial tcp: Connection refused'],
    ['error*get*eof', 'Error: Get "https://x": EOF'],
    ['^killed', 'Killed'],
    ['error: 404', 'curl: error: 404'],
    ['has timed out after # minute', "The action 'Test' has timed out after 360 minutes."],
    ['a \\* b # c', 'a * b 12 c'],
    ['line #: # killed', 'x.sh: line 9: 71 Killed'],
    ['#% of the disk', 'at 93% of the disk'],
    ['one*one', 'one one'],
  ])('%j fits %j', (pattern, line) => {
    expect(matches(pattern, line)).toBe(true);
  });

  it.each([
    ['error: 404', 'error: 4041'],
    ['04 gone', '404 gone'],
    ['^killed', 'was killed'],
    ['after # minute', 'after some minutes'],
    ['get*error', 'error, then get'],
    ['one*one', 'one'],
    ['a \\* b', 'a x b'],
    ['# killed', 'nothing was killed'],
    ['# killed', ''],
  ])('%j does not fit %j', (pattern, line) => {
    expect(matches(pattern, line)).toBe(false);
  });

  it.each([
    ['', 'empty'],
    ['*a*b#', 'too-short'],
    ['größe', 'not-ascii'],
    ['x'.repeat(301), 'too-long'],
  ])('%j is refused as %s', (pattern, fault) => {
    expect(parseGlob(pattern)).toBe(fault);
  });

  it('takes linear time where a regular expression would not', () => {
    const glob = parseGlob(`${'aaa*'.repeat(40)}b`) as Glob;
    expect(matchesGlob(glob, 'a'.repeat(200_000))).toBe(false);
  });
});
