import { describe, expect, it } from '@jest/globals';
import { countLines } from './count-lines.js';
import { isOf, markExecuted, type ScriptCoverage } from './executed-code.js';
import { findPlace, locateSources } from './source-places.js';
import { findShortfalls, formatTable, type LinesOfFiles } from './summary.js';

type Range = readonly [start: number, end: number, count: number];

const script = (...functions: (readonly [string, ...Range[]])[]): ScriptCoverage => ({
  url: 'file:///x.js',
  functions: functions.map(([functionName, ...ranges]) => ({
    functionName,
    ranges: ranges.map(([startOffset, endOffset, count]) => ({ startOffset, endOffset, count })),
  })),
});

function marks(length: number, ...scripts: ScriptCoverage[]): string {
  const executed = new Uint8Array(length);
  for (const each of scripts) markExecuted(each, executed);
  return [...executed].join('');
}

describe('code that ran', () => {
  it.each<[string, string, ScriptCoverage[]]>([
    ['is what no range denies', '1111111111', [script(['', [0, 10, 1]])]],
    ['is not a function that nobody called', '1100001111', [script(['', [0, 10, 1]], ['f', [2, 6, 0]])]],
    ['is not a branch', '1111001111', [script(['', [0, 10, 1]], ['f', [2, 8, 3], [4, 6, 0]])]],
    ['may lie in a branch', '1100110011', [script(['', [0, 10, 1], [2, 8, 0], [4, 6, 2]])]],
    ['does not hang on the order', '1100110011', [script(['g', [4, 6, 2]], ['', [0, 10, 1], [2, 8, 0]])]],
    [
      'is what ran in one of the processes',
      '1111110011',
      [
        script(['', [0, 10, 1]], ['f', [2, 4, 0]], ['g', [6, 8, 0]]),
        script(['', [0, 10, 1]], ['f', [2, 4, 1]], ['g', [4, 8, 0]]),
      ],
    ],
  ])('%s', (_, expected, scripts) => {
    expect(marks(10, ...scripts)).toBe(expected);
  });

  const text = 'var a;function f() {}';
  it.each<[string, boolean, ScriptCoverage]>([
    ['of the same length', true, script(['', [0, text.length, 1]])],
    ['with another end', true, script(['', [0, 99, 1]], ['f', [6, 21, 0]])],
    ['with another beginning', false, script(['', [0, 99, 1]], ['f', [16, 31, 0]])],
    ['that says nothing', false, script()],
  ])('is told of a text %s', (_, expected, told) => {
    expect(isOf(told, text)).toBe(expected);
  });
});

it('a place of a source is found in what was made of it', () => {
  // One segment for each of two lines: `a();` and, indented by two, `b();`.
  const map = JSON.stringify({
    version: 3,
    sources: ['../x.ts', '../y.ts'],
    names: [],
    mappings: 'AAAA;AACE',
  });
  const places = locateSources(
    { file: '/p/dist/x.js', text: 'a();\nb();\n' },
    map,
    (path) => path === '/p/x.ts',
  );
  expect([...places.keys()]).toEqual(['/p/x.ts']);
  const known = places.get('/p/x.ts')!;
  expect(findPlace(known, 1, 0)?.offset).toBe(0);
  expect(findPlace(known, 2, 0)?.offset).toBe(5);
  expect(findPlace(known, 2, 3)).toBeUndefined();
  expect(findPlace(known, 3, 0)).toBeUndefined();
  expect(findPlace([], 1, 0)).toBeUndefined();
});

it('a line ran when a statement that begins on it did', () => {
  const at = (line: number, column: number) => ({ start: { line, column } });
  const file = {
    path: '/x.ts',
    statementMap: { 0: at(7, 0), 1: at(7, 9), 2: at(3, 0), 3: at(9, 2), 4: at(9, 8) },
    s: { 0: 0, 1: 4, 2: 0, 3: 0, 4: 0 },
  };
  expect(countLines(file, (line, column) => line === 9 && column === 8)).toEqual([
    { line: 3, unit: false, any: false },
    { line: 7, unit: true, any: true },
    { line: 9, unit: false, any: true },
  ]);
});

describe('shares of lines', () => {
  const lines = (all: number, unit: number, any = unit) =>
    Array.from({ length: all }, (_, at) => ({ line: at + 1, unit: at < unit, any: at < any }));
  const files = (domain: number): LinesOfFiles =>
    new Map([
      ['libs/domain/a/b.ts', lines(1_000, domain)],
      ['apps/api/main.ts', lines(1_000, 0, 800)],
      ['temporal/codec.ts', lines(10, 10)],
    ]);

  it('are shown by folder, rounded down', () => {
    expect(formatTable(files(999)).split('\n')).toEqual([
      '  coverage of  lines  unit tests  all tests',
      '  apps/api      1000       0.0 %     80.0 %',
      '  libs/domain   1000      99.9 %     99.9 %',
      '  temporal        10     100.0 %    100.0 %',
      '  all           2010      50.1 %     90.0 %',
    ]);
  });

  it('are enough or not', () => {
    expect(findShortfalls(files(1_000))).toEqual([]);
    expect(findShortfalls(files(600))[1]).toBe('all: 70.1 % of lines ran in all tests; 89 % must.');
    expect(findShortfalls(files(600))[0]).toMatch(
      /^libs\/domain: 60.0 % of lines ran in unit tests; [\d.]+ % must/,
    );
  });

  it('are not enough where nothing was measured', () => {
    expect(findShortfalls(new Map())).toHaveLength(2);
  });
});
