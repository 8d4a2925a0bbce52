import { describe, expect, it } from '@jest/globals';
import { describeObstacle, findLatest, findObstacle, suggestNext } from './check-publication.js';
import { type Bump, formatSemVer, parseSemVer } from './semver.js';

const read = (texts: readonly string[]) => texts.map((text) => parseSemVer(text)!);

describe('findObstacle', () => {
  it.each<[string, string[], string | undefined]>([
    ['0.0.1', [], undefined],
    ['1.4.0', ['1.3.0'], undefined],
    ['1.4.0', ['1.4.0'], '1.4.0'],
    ['1.4.0+b', ['1.4.0+a'], '1.4.0+a'],
    ['1.4.0-rc.2', ['1.4.0-rc.1'], undefined],
    ['1.4.0-rc.3', ['1.4.0-rc.1', '1.4.0'], '1.4.0'],
    ['1.4.0', ['1.4.0-rc.1'], undefined],
    // A correction of an older line.
    ['1.3.1', ['1.3.0', '1.4.0', '2.0.0'], undefined],
    ['1.3.1', ['1.3.0', '1.3.2', '2.0.0'], '1.3.2'],
    ['1.5.0', ['1.4.7', '2.0.0'], undefined],
    // Nothing appears in between, nor before the first.
    ['1.2.0', ['1.1.0', '1.3.0'], '1.3.0'],
    ['2.5.0', ['1.0.0', '3.0.0'], '3.0.0'],
    ['0.9.0', ['1.0.0'], '1.0.0'],
    ['10.0.0', ['9.9.9'], undefined],
  ])('%s after %j: %s', (wanted, published, obstacle) => {
    const found = findObstacle(parseSemVer(wanted)!, read(published));
    expect(found && formatSemVer(found)).toBe(obstacle);
  });
});

describe('findLatest', () => {
  it.each<[string[], string | undefined]>([
    [[], undefined],
    [['1.0.0', '2.0.0', '1.0.1'], '2.0.0'],
    [['1.0.0', '2.0.0-rc.1'], '1.0.0'],
    [['1.0.0-rc.1', '1.0.0-rc.2', '1.0.0-beta'], '1.0.0-rc.2'],
  ])('of %j is %s', (published, latest) => {
    expect(findLatest(published, (text) => parseSemVer(text)!)).toBe(latest);
  });
});

describe('suggestNext', () => {
  it.each<[string, Bump, string[], string]>([
    ['1.4.0', 'patch', ['1.4.0'], '1.4.1'],
    ['1.4.0', 'patch', ['1.4.0', '1.4.1', '2.0.0'], '1.4.2'],
    ['1.4.0', 'minor', ['1.4.0', '1.5.0'], '1.6.0'],
    ['1.4.0', 'major', ['1.4.0', '2.0.0', '2.1.0', '3.0.0-rc.1'], '3.0.0'],
    ['1.4.0', 'major', ['1.4.0', '3.0.0'], '4.0.0'],
    ['1.4.0-rc.1', 'minor', ['1.4.0-rc.1'], '1.4.0'],
    ['0.1.0', 'none', ['0.1.0'], '0.1.1'],
  ])('after %s, %s, of %j is %s', (from, bump, published, next) => {
    const versions = read(published);
    expect(suggestNext(parseSemVer(from)!, bump, versions)).toBe(next);
    expect(findObstacle(parseSemVer(next)!, versions)).toBeUndefined();
  });
});

it('who is refused is told what stands in the way', () => {
  const [wanted, obstacle] = read(['1.2.0+a', '1.3.0-rc.1']);
  expect(describeObstacle(wanted!, obstacle!)).toBe(
    '1.2.0+a is not greater than 1.3.0-rc.1, which was published before on its line.',
  );
});
