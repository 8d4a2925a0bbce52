import { describe, expect, it } from '@jest/globals';
import { formatBytes } from '../view/byte-size.js';
import { parseBytes } from './byte-size.js';

describe('parseBytes', () => {
  it.each([
    ['0', 0],
    ['1048576', 1_048_576],
    ['512B', 512],
    ['512MiB', 512 * 2 ** 20],
    ['16GiB', 16 * 2 ** 30],
    ['1GB', 1_000_000_000],
    ['1024TiB', 2 ** 50],
  ])('takes %s', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  it.each([
    '',
    'GiB',
    '-1',
    '1e3',
    '16gib',
    '1.5GiB',
    '16 GiB',
    '1025TiB',
    '1125899906842625',
    '16GiBs',
    '9999999TiB',
    '1__proto__',
    '0x10',
    ' 1',
  ])('refuses %j', (text) => {
    expect(() => parseBytes(text)).toThrow('write for example 512MiB');
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0B'],
    [1023, '1023B'],
    [1024, '1KiB'],
    [1.5 * 2 ** 20, '1.5MiB'],
    [16 * 2 ** 30, '16GiB'],
    [2 ** 60, '1024PiB'],
  ])('says %d as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
