import { describe, expect, it } from '@jest/globals';
import { decodeBody, parseJsonBody } from './request-body.js';

describe('parseJsonBody', () => {
  it('reads an object, and nothing of an empty body', () => {
    expect(parseJsonBody('{"a":[1,{"b":null}]}')).toEqual({ a: [1, { b: null }] });
    expect(parseJsonBody(' \n')).toBeUndefined();
  });

  it.each([
    ['{"a":', 'body-malformed'],
    ['[1]', 'request-invalid'],
    ['"x"', 'request-invalid'],
    ['null', 'request-invalid'],
    ['{"__proto__":{"admin":true}}', 'body-forbidden-key'],
    ['{"a":[{"b":{"__proto__":1}}]}', 'body-forbidden-key'],
    ['{"constructor":{"prototype":{}}}', 'body-forbidden-key'],
    [`{"a":${'['.repeat(64)}${']'.repeat(64)}}`, 'body-too-deep'],
    [`{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 'body-too-deep'],
  ])('refuses %.40s', (text, code) => {
    expect(() => parseJsonBody(text)).toThrow(expect.objectContaining({ code }));
  });

  it('takes what is just deep enough', () => {
    expect(() => parseJsonBody(`{"a":${'['.repeat(63)}${']'.repeat(63)}}`)).not.toThrow();
  });
});

describe('decodeBody', () => {
  it('reads UTF-8 with or without a byte order mark, and refuses the rest', () => {
    expect(decodeBody(Buffer.from('\ufeffæ'))).toBe('æ');
    expect(() => decodeBody(Buffer.from([0xff, 0xfe]))).toThrow(
      expect.objectContaining({ code: 'body-malformed' }),
    );
  });
});
