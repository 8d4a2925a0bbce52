import { describe, expect, it } from '@jest/globals';
import { parseSize } from './size.js';

describe('parseSize', () => {
  it.each([
    ['0B', 0],
    ['100B', 100],
    ['1kB', 1_000],
    ['1KB', 1_000],
    ['1KiB', 1_024],
    ['512MiB', 536_870_912],
    ['2GiB', 2_147_483_648],
    ['1GB', 1_000_000_000],
    ['3TB', 3_000_000_000_000],
    ['1024TiB', 2 ** 50],
  ])('reads %s as %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each([
    '',
    '5',
    'B',
    'iB',
    '1iB',
    '-1MB',
    '1.5GiB',
    '1 GB',
    '1Gb',
    '1gib',
    '1kiB',
    '1PB',
    '1025TiB',
    '99999999999999999TB',
    '1GB\n',
    '٣MB',
    '${{ inputs.x }}',
  ])('refuses %j', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });
});
