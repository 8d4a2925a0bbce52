import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createMask } from './mask.js';

function masked(secret: string, text: string): string {
  const mask = createMask();
  mask.add(secret);
  return mask.apply(text);
}

describe('mask', () => {
  it.each([
    ['as it is', 's3cr3t-value', 'token=s3cr3t-value!', 'token=***!'],
    ['twice', 'abcd', 'abcd abcd', '*** ***'],
    ['with signs of patterns', 'a.b*c$1', 'a.b*c$1 aXb*c$1', '*** aXb*c$1'],
    ['URL-encoded', 'p@ss/word', 'x=p%40ss%2Fword', 'x=***'],
    ['form-encoded', 'my pass', 'x=my+pass', 'x=***'],
    ['as base64', 's3cr3t-value', Buffer.from('s3cr3t-value').toString('base64'), '***'],
    [
      'as base64url',
      '\u00ff\u00fe?>secret',
      Buffer.from('\u00ff\u00fe?>secret').toString('base64url'),
      '***',
    ],
    ['inside JSON', 'line"quote', JSON.stringify({ a: 'line"quote' }), '{"a":"***"}'],
    ['without its line end', 'secret\n', 'the secret', 'the ***'],
    ['half a surrogate pair', 'abcd\ud800', 'abcd\ud800', '***'],
  ])('hides a secret %s', (_, secret, text, expected) => {
    expect(masked(secret, text).replace(/=+$/, '')).toBe(expected);
  });

  it.each([0, 1, 2, 3, 4])('hides a secret inside base64 after %i other bytes', (count) => {
    const encoded = Buffer.from(`${'u'.repeat(count)}:correct-horse-battery`).toString('base64');
    const result = masked('correct-horse-battery', `Basic ${encoded}`);
    expect(result).toContain('***');
    expect(Buffer.from(result.replace(/.*\*\*\*/, ''), 'base64').toString()).not.toContain('battery');
  });

  it('hides each line of a key by itself', () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANBg\n}\n-----END KEY-----\n';
    expect(masked(key, 'MIIEvQIBADANBg')).toBe('***');
    expect(masked(key, '}')).toBe('}');
  });

  it.each(['', 'a', 'abc', '   '])('leaves alone what is too short to hide: %j', (secret) => {
    expect(masked(secret, 'a abc     d')).toBe('a abc     d');
  });

  it('hides the longer of two secrets whole', () => {
    const mask = createMask();
    mask.add('prefix');
    mask.add('prefix-and-more');
    expect(mask.apply('prefix-and-more prefix')).toBe('*** ***');
  });

  it('leaves no secret in any text', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.string(), fc.string(), (secret, before, after) => {
        fc.pre(secret.trim().length >= 4 && !secret.includes('*'));
        expect(masked(secret, before + secret + after)).not.toContain(secret.trim());
      }),
    );
  });
});
