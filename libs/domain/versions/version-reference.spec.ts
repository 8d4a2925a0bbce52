import { expect, it } from '@jest/globals';
import { parseVersionReference } from './version-reference.js';

it.each<[string, string | undefined]>([
  ['7', 'number'],
  ['2147483647', 'number'],
  ['2147483648', undefined],
  ['99999999999', undefined],
  ['0', undefined],
  ['07', undefined],
  ['1.4.0', 'semver'],
  ['1.4.0-rc.1+b', 'semver'],
  ['1.4', undefined],
  ['v1.4.0', undefined],
  ['stable', 'alias'],
  ['v1', 'alias'],
  ['latest', 'alias'],
  ['a'.repeat(63), 'alias'],
  ['a'.repeat(64), undefined],
  ['Stable', undefined],
  ['', undefined],
  ['-1', undefined],
  ['1e3', undefined],
  ['stable\n', undefined],
  ['../x', undefined],
])('parseVersionReference(%j): %s', (text, kind) => {
  expect(parseVersionReference(text)?.kind).toBe(kind);
});
