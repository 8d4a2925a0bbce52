import { describe, expect, it } from '@jest/globals';
import type { Finding } from '#domain/validation/finding.js';
import { countFindings, renderFindings } from './findings.js';
import { styleOf } from './style.js';

const plain = styleOf({ colours: false });

function aFinding(over: Partial<Finding>): Finding {
  return {
    code: 'key-unknown',
    severity: 'error',
    path: 'stages.build',
    line: 1,
    column: 1,
    message: 'There is no key stepz.',
    hint: 'Write steps.',
    ...over,
  };
}

describe('renderFindings', () => {
  it('prints place, code and message, the line with a caret, and the cure', () => {
    const source = { path: 'a.yaml', text: 'sluice: 1\r\nstages:\r\n  stepz: {}\r\n' };
    expect(renderFindings(source, [aFinding({ line: 3, column: 3 })], plain)).toEqual([
      'a.yaml:3:3 key-unknown There is no key stepz.',
      '  3 |   stepz: {}',
      '    |   ^',
      '  hint: Write steps.',
    ]);
  });

  it('keeps the caret under a column behind tabs and wide characters', () => {
    const source = { path: 'a.yaml', text: '\t👍é: x' };
    const [, line, caret] = renderFindings(source, [aFinding({ column: 5 })], plain);
    expect(line).toBe('  1 | \t👍é: x');
    expect(caret).toBe('    | \t  ^');
  });

  it('shows the neighbourhood of a column far to the right', () => {
    const source = { path: 'a.yaml', text: `${'x'.repeat(500)}HERE${'y'.repeat(500)}` };
    const [, line, caret] = renderFindings(source, [aFinding({ column: 501 })], plain);
    expect(line!.length).toBeLessThan(120);
    expect(line!.indexOf('HERE')).toBe(caret!.indexOf('^'));
  });

  it.each([
    ['behind the last line', { line: 99, column: 1 }, 2],
    ['behind the end of a line', { line: 1, column: 999 }, 4],
  ])('bears a place %s', (_, place, lines) => {
    expect(renderFindings({ path: 'a', text: 'x' }, [aFinding(place)], plain)).toHaveLength(lines);
  });

  it('lets no text of the file reach the terminal as a command', () => {
    const source = { path: 'a\u001b[2J.yaml', text: 'k: \u001b]0;x\u0007\u009b' };
    const printed = renderFindings(source, [aFinding({ message: 'bad \u001b[2J', column: 6 })], plain);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(printed.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });

  it('marks warnings as such', () => {
    const [first] = renderFindings({ path: 'a', text: 'x' }, [aFinding({ severity: 'warning' })], plain);
    expect(first).toBe('a:1:1 warning key-unknown There is no key stepz.');
  });
});

describe('countFindings', () => {
  it.each([
    [[], 'no findings'],
    [['error'], '1 error'],
    [['error', 'warning', 'error'], '2 errors, 1 warning'],
    [['warning', 'warning'], '2 warnings'],
  ] as const)('counts %j as %s', (severities, expected) => {
    expect(countFindings(severities.map((severity) => aFinding({ severity })))).toBe(expected);
  });
});
