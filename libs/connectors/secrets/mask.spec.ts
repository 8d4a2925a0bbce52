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
    ['URL-encoded in small letters', 'p@ss/word', 'x=p%40ss%2fword', 'x=***'],
    ['URL-encoded as a path', 'p@ss/word', 'x=p%40ss/word', 'x=***'],
    ['URL-encoded strictly', "it's(a)*secret!", 'x=it%27s%28a%29%2Asecret%21', 'x=***'],
    ['encoded as a form', "it's a*secret~", 'x=it%27s+a*secret%7E', 'x=***'],
    ['inside JSON that HTML may hold', 'a<b>&c', '"a\\u003cb\\u003e\\u0026c"', '"***"'],
    ['inside JSON of ASCII', 'pässwörd', '"p\\u00e4ssw\\u00f6rd"', '"***"'],
    ['inside JSON with escaped slashes', 'a/b/c', '"a\\/b\\/c"', '"***"'],
    ['inside JSON inside JSON', 'a"b\\c', JSON.stringify([JSON.stringify(['a"b\\c'])]), '["[\\"***\\"]"]'],
    [
      'inside JSON, URL-encoded',
      'pass"word',
      `x=${encodeURIComponent('{"a":"pass"word"}'.replace('s"w', 's\\"w'))}`,
      'x=%7B%22a%22%3A%22***%22%7D',
    ],
    ['inside XML', `a<b&"c"`, 'v="a&lt;b&amp;&quot;c&quot;"', 'v="***"'],
    ['traced by a shell', "it's me", `+ echo 'it'\\''s me'`, "+ echo '***'"],
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

  it('hides a secret inside base64 of JSON', () => {
    const secret = 'correct "horse" battery';
    const encoded = Buffer.from(JSON.stringify({ user: 'ann', secret })).toString('base64');
    const shown = masked(secret, encoded).split('***');
    expect(shown).toHaveLength(2);
    expect(Buffer.from(shown.join('')).toString()).not.toContain(
      Buffer.from('horse').toString('base64').slice(1, 6),
    );
  });

  it('hides each line of a key by itself', () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANBg\n}\n-----END KEY-----\n';
    expect(masked(key, 'MIIEvQIBADANBg')).toBe('***');
    expect(masked(key, '}')).toBe('}');
  });

  it.each(['', 'a', 'abc', '   '])('leaves alone what is too short to hide: %j', (secret) => {
    expect(masked(secret, 'a abc     d')).toBe('a abc     d');
  });

  it.each([64, 76])('hides base64 that is broken after %i columns', (columns) => {
    const secret = 'Zk3'.repeat(100);
    const lines = Buffer.from(`${secret}\n`)
      .toString('base64')
      .match(new RegExp(`.{1,${columns}}`, 'g'));
    expect(lines!.map((line) => masked(secret, line).replace(/\*\*\*.{0,4}$/, '***'))).toEqual(
      lines!.map(() => '***'),
    );
  });

  it.each([
    ['of one line', 'Ab3/'.repeat(16_384)],
    ['that repeats itself', 'x'.repeat(65_536)],
    ['of many lines', Array.from({ length: 1_000 }, (_, line) => `${line} of a long, long key`).join('\n')],
  ])('hides a long secret %s, in a long text', (_, secret) => {
    const filler = 'words and xxxx '.repeat(20_000);
    expect(masked(secret, filler + secret + filler)).toBe(`${filler}***${filler}`);
    const encoded = Buffer.from(secret).toString('base64').replace(/=+$/, '');
    expect(masked(secret, `${filler}${encoded}`)).toBe(`${filler}***`);
  });

  it('takes no time to speak of for a text that is almost a secret, again and again', () => {
    expect(masked(`${'x'.repeat(60_000)}y`, 'x'.repeat(1_000_000))).toHaveLength(1_000_000);
    expect(masked('x'.repeat(60_000), 'x'.repeat(1_000_000))).toBe('***');
  });

  it('hides secrets that overlap as one', () => {
    const mask = createMask();
    for (const secret of ['abcdef', 'defghi', 'ghijkl', 'klm-']) mask.add(secret);
    expect(mask.apply('<abcdefghijklm->')).toBe('<***>');
    expect(mask.apply('abcdefabcdef')).toBe('******');
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
