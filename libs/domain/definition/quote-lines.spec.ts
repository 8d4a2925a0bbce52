import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Document, isCollection, parseDocument } from 'yaml';
import { quoteLines } from './quote-lines.js';

function write(value: unknown, flow: boolean): string {
  const document = new Document(value);
  if (isCollection(document.contents)) document.contents.flow = flow;
  quoteLines(document);
  return document.toString({ lineWidth: 0 });
}

describe('quoteLines', () => {
  it('leaves blocks as they are, and a text of one line', () => {
    expect(write({ a: 'one\ntwo\n' }, false)).toBe('a: |\n  one\n  two\n');
    expect(write({ a: 'one' }, true)).toBe('{ a: one }\n');
  });

  it.each(['<:\n>', ':\n', 'a\n# b', 'a\n- b', '? a\nb', 'a: b\nc: d'])('%j is read again', (text) => {
    expect(parseDocument(write({ a: [text] }, true)).toJSON()).toEqual({ a: [text] });
  });

  it.each([' \n', 'a\n \nb', 'a\n ', '\n', 'a\r\nb', '\ta\nb', '\ufeff\n'])('%j is read again', (text) => {
    for (const flow of [true, false]) {
      expect(parseDocument(write({ a: [text] }, flow)).toJSON()).toEqual({ a: [text] });
    }
  });

  it('has every text read again', () => {
    const parts = fc.constantFrom(...'<>: \n#-?,{]"\'a|&\t\r\0\u0085\u2028\ufeff\u00a0');
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 10 }), (all) => {
        const value = { a: { b: [all.join('')] } };
        for (const flow of [true, false]) {
          expect(parseDocument(write(value, flow)).toJSON()).toEqual(value);
        }
      }),
      { numRuns: 500 },
    );
  });
});
