import { describe, expect, it } from '@jest/globals';
import { toPlainLines, toPlainText, toSafeJson } from './plain-text.js';

describe('toPlainText', () => {
  it.each([
    ['plain', 'plain'],
    ['tab\there', 'tab\there'],
    ['größe ✓ 漢字 👍', 'größe ✓ 漢字 👍'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b[1;38;5;9mbold\u001b[m', 'bold'],
    ['\u001b[2J\u001b[Hgone', '␛[2J␛[Hgone'],
    ['\u001b]0;title\u0007', '␛]0;title␇'],
    ['\u001b]8;;http://evil\u001b\\click', '␛]8;;http://evil␛\\click'],
    ['a\rb', 'a␍b'],
    ['a\nb', 'a␊b'],
    ['nul\u0000', 'nul␀'],
    ['\u009b2J', '\\u009b2J'],
    ['del\u007f', 'del\\u007f'],
    ['user\u202etxt.exe', 'user\\u202etxt.exe'],
    ['line\u2028separator', 'line\\u2028separator'],
  ])('makes %j into %j', (text, expected) => {
    expect(toPlainText(text)).toBe(expected);
  });
});

describe('toPlainLines', () => {
  it('splits at line ends and keeps everything else from moving the cursor', () => {
    expect(toPlainLines('one\r\ntwo\rthree\n')).toEqual(['one', 'two␍three']);
  });
});

describe('toSafeJson', () => {
  it('is JSON of the same value without any control character', () => {
    const value = { text: '\u001b[2J \u009b2J \u007f \u202e é\nnext' };
    const json = toSafeJson(value, 2);
    expect(JSON.parse(json)).toEqual(value);
    expect(json.replaceAll('\n', '')).toMatch(/^[\u0020-\u007e\u00e9]*$/);
  });
});
