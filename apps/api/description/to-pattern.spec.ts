import { describe, expect, it } from '@jest/globals';
import { toPattern } from './to-pattern.js';

describe('toPattern', () => {
  it.each([
    [/^[a-z][a-z0-9-]{0,62}$/, ['a', 'a-1'], ['', 'A', '1']],
    [/^\P{Cc}*$/u, ['', 'a b', 'ä'], ['a\nb', '\u0000', '\u0085']],
    [/^[^\p{Cc}:]{1,5}$/u, ['ab'], ['', 'a:b', 'a\tb', 'abcdef']],
    [/^(?=[\s\S]*\S)[\P{Cc}\n\t]*$/u, ['a\nb\tc'], ['', ' \n', 'a\rb', 'a\u0000']],
    [/^[\P{Cc}\r\n\t]*$/u, ['', 'a\r\nb\tc'], ['a\u0000', 'a\u000b', 'a\u0085']],
    [/^(?=.*\S)\P{Cc}{1,9}$/u, ['a', ' a '], ['', '  ', 'a\n']],
    [/^[^\0]+$/, ['a\nb'], ['', '\0']],
  ])('%s means the same without flags', (expression, fits, others) => {
    const pattern = new RegExp(toPattern(expression)!);
    for (const text of fits)
      expect([text, expression.test(text), pattern.test(text)]).toEqual([text, true, true]);
    for (const text of others)
      expect([text, expression.test(text), pattern.test(text)]).toEqual([text, false, false]);
  });

  it.each([[/a/i], [/a/s], [/\p{Lu}/u]])('%s cannot be said', (expression) => {
    expect(toPattern(expression)).toBeUndefined();
  });
});
