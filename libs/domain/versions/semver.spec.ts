import { describe, expect, it } from '@jest/globals';
import { type Bump, compareSemVer, computeNext, findGreatest, formatSemVer, parseSemVer } from './semver.js';

const read = (text: string) => {
  const version = parseSemVer(text);
  if (version === undefined) throw new Error(`${text} is no version`);
  return version;
};

describe('parseSemVer', () => {
  it.each([
    '0.0.0',
    '1.9.0',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-0.3.7',
    '1.0.0-x.7.z.92',
    '1.0.0-x-y-z.--',
    '1.0.0-alpha+001',
    '1.0.0+20130313144700',
    '1.0.0-beta+exp.sha.5114f85',
    '1.0.0+21AF26D3----117B344092BD',
    '1.0.0-0A.is.legal',
    '99999999999999999999999.999999999999999999.99999999999999999',
  ])('takes %s, and writes it so again', (text) => {
    expect(formatSemVer(read(text))).toBe(text);
  });

  it.each([
    '',
    '1',
    '1.2',
    'v1.2.3',
    '01.2.3',
    '1.02.3',
    '1.2.03',
    '1.2.3-',
    '1.2.3-01',
    '1.2.3-a..b',
    '1.2.3+',
    '1.2.3+a+b',
    '1.2.3-ä',
    '1.2.3 ',
    '1.2.3\n',
    '-1.2.3',
    '1.2.3.4',
    `1.2.${'3'.repeat(100)}`,
  ])('refuses %j', (text) => {
    expect(parseSemVer(text)).toBeUndefined();
  });
});

describe('compareSemVer', () => {
  it.each([
    // The specification's own examples, in its section 11.
    [['1.0.0', '2.0.0', '2.1.0', '2.1.1']],
    [['1.0.0-alpha', '1.0.0']],
    [
      [
        '1.0.0-alpha',
        '1.0.0-alpha.1',
        '1.0.0-alpha.beta',
        '1.0.0-beta',
        '1.0.0-beta.2',
        '1.0.0-beta.11',
        '1.0.0-rc.1',
        '1.0.0',
      ],
    ],
    [['1.9.0', '1.10.0', '1.11.0']],
    [['1.0.9007199254740993', '1.0.9007199254740994', '1.0.10000000000000000000']],
    [['1.0.0-A', '1.0.0-a']],
  ])('orders %j', (ordered) => {
    const versions = ordered.map(read);
    for (const [at, a] of versions.entries()) {
      for (const [other, b] of versions.entries()) {
        expect([a, b, Math.sign(compareSemVer(a, b))]).toEqual([a, b, Math.sign(at - other)]);
      }
    }
    expect(findGreatest(versions)).toBe(versions.at(-1));
    expect(findGreatest([...versions].reverse())).toBe(versions.at(-1));
  });

  it('does not regard build metadata', () => {
    expect(compareSemVer(read('1.0.0+a'), read('1.0.0+b'))).toBe(0);
    expect(read('1.0.0-rc.1+a').precedence).toBe('1.0.0-rc.1');
  });

  it('finds none of none', () => {
    expect(findGreatest([])).toBeUndefined();
  });
});

describe('computeNext', () => {
  it.each<[string, Bump, string]>([
    ['1.4.2', 'major', '2.0.0'],
    ['1.4.2', 'minor', '1.5.0'],
    ['1.4.2', 'patch', '1.4.3'],
    ['1.4.2', 'none', '1.4.3'],
    ['1.4.2+build.7', 'patch', '1.4.3'],
    ['0.4.2', 'major', '0.5.0'],
    ['0.4.2', 'minor', '0.4.3'],
    ['2.0.0-rc.1', 'major', '2.0.0'],
    ['1.5.0-rc.1', 'major', '2.0.0'],
    ['1.5.0-rc.1', 'minor', '1.5.0'],
    ['1.5.1-rc.1', 'minor', '1.6.0'],
    ['1.5.1-rc.1', 'none', '1.5.1'],
    ['1.0.99999999999999999999', 'patch', '1.0.100000000000000000000'],
  ])('of %s after a change that is %s is %s', (text, bump, next) => {
    expect(computeNext(read(text), bump)).toBe(next);
    expect(compareSemVer(read(next), read(text))).toBeGreaterThan(0);
  });
});
