import { describe, expect, it } from '@jest/globals';
import { deriveEncryptionKey, readEncryptionKeys } from './encryption-keys.js';

const KEY = Buffer.alloc(32, 7).toString('base64');

describe('readEncryptionKeys', () => {
  it('reads keys in their order', () => {
    const keys = readEncryptionKeys(` new:${KEY}, old:${Buffer.alloc(32, 1).toString('base64')} `);
    expect(keys.map(({ id, bytes }) => [id, bytes[0]])).toEqual([
      ['new', 7],
      ['old', 1],
    ]);
    expect(readEncryptionKeys('')).toEqual([]);
  });

  it.each([
    ['no id', KEY],
    ['an empty id', `:${KEY}`],
    ['another character in the id', `a b:${KEY}`],
    ['16 bytes', `a:${Buffer.alloc(16, 7).toString('base64')}`],
    ['33 bytes', `a:${Buffer.alloc(33, 7).toString('base64')}`],
    ['no padding', `a:${KEY.replace('=', '')}`],
    ['no base64', `a:${'!'.repeat(44)}`],
    ['two ids alike', `a:${KEY},a:${KEY}`],
  ])('refuses %s and shows no key', (_, text) => {
    expect(() => readEncryptionKeys(text)).toThrow(
      expect.objectContaining({ code: 'setting-invalid', message: expect.not.stringContaining('BwcH') }),
    );
  });
});

it('derives a key of its own from each secret and for each purpose', () => {
  const derived = [
    ['one', 'a'],
    ['one', 'a'],
    ['two', 'a'],
    ['one', 'b'],
  ].map(([secret, purpose]) => deriveEncryptionKey(secret!, purpose!));
  expect(derived.map(({ bytes }) => bytes.length)).toEqual([32, 32, 32, 32]);
  expect(derived[1]).toEqual(derived[0]);
  expect(new Set(derived.map(({ bytes }) => Buffer.from(bytes).toString('hex'))).size).toBe(3);
});
