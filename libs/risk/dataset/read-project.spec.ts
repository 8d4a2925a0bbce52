import { describe, expect, it } from '@jest/globals';
import { makeProject, writeRawTable } from '../testing/synthetic-project.js';
import { readProject } from './read-project.js';
import { DATA_LIMITS } from './read-table.js';

const PROJECT = makeProject('p', 60, 7);
const RAW = writeRawTable(PROJECT);
const RAW_LINES = RAW.split('\n');

const RELATIVE_HEAD = 'transactionid,commitdate,ns,nm,nf,entropy,la,ld,lt,fix,ndev,pd,npt,exp,rexp,sexp,bug';
/** The fourth change of the published table of columba, and three made for the rest. */
const COLUMBA = '7,2006/7/8 9:06,1,2,3,0.5,0.333333333,0.091503268,102,1,6,24,2.333333333,70,70.5,60,1';
const NEW_FILES = '8,2006/7/8 9:05,1,1,1,0,12,0,0,0,1,0,1,5,5,5,0';

function relativeTable(...first: string[]): string {
  const rest = Array.from(
    { length: 60 },
    (_, at) =>
      `${at + 20},2007-01-0${(at % 9) + 1} 10:0${at % 10}:30,1,1,1,0,0.1,0.1,50,0,1,3,1,9,8,7,${at % 2}`,
  );
  return [RELATIVE_HEAD, ...first, ...rest].join('\n');
}

describe('tables with raw numbers', () => {
  it('are read as they stand', () => {
    expect(readProject('p', RAW)).toEqual({
      ...PROJECT,
      changes: PROJECT.changes.map((change) => ({
        ...change,
        factors: { ...change.factors, author: '' },
      })),
    });
  });

  it('come into the order of time', () => {
    const [head, ...lines] = RAW_LINES.filter((line) => line !== '');
    expect(readProject('p', [head, ...lines.reverse()].join('\r\n'))).toEqual(readProject('p', RAW));
  });

  it('may say true and false, and have a mark of Unicode and quotes', () => {
    const [head, first, ...rest] = RAW_LINES;
    const cells = first!.split(',');
    cells[3] = 'True';
    cells[12] = 'False';
    cells[1] = '"a ""b"""';
    const { changes } = readProject('p', `\ufeff${[head, cells.join(','), ...rest].join('\n')}`);
    expect(changes[0]).toMatchObject({ label: 1, factors: { fix: 0, commit: 'a "b"' } });
  });

  it('say that an age below zero is read as 0', () => {
    const [head, first, ...rest] = RAW_LINES;
    const cells = first!.split(',');
    cells[14] = '-3.5';
    const { changes, notes } = readProject('p', [head, cells.join(','), ...rest].join('\n'));
    expect(changes[0]!.factors.age).toBe(0);
    expect(notes).toEqual(['1 ages below zero are read as 0']);
  });
});

describe('tables with relative numbers', () => {
  it('are multiplied back: lines by those of all files, changes by the files, entropy to bits', () => {
    expect(readProject('p', relativeTable(COLUMBA)).changes[0]!.factors).toMatchObject({
      commit: '7',
      at: Date.UTC(2006, 6, 8, 9, 6) / 1000,
      nd: 2,
      nf: 3,
      entropy: 0.5 * Math.log2(3),
      la: 102,
      ld: 28,
      lt: 306,
      age: 24,
      nuc: 7,
    });
  });

  it('hold plain lines where there were none before', () => {
    expect(readProject('p', relativeTable(NEW_FILES)).changes[0]!.factors).toMatchObject({ la: 12, lt: 0 });
  });
});

describe('what cannot be learnt from is refused with its place', () => {
  const change = (cell: number, text: string) => {
    const lines = [...RAW_LINES];
    const cells = lines[3]!.split(',');
    cells[cell] = text;
    lines[3] = cells.join(',');
    return lines.join('\n');
  };
  const same = RAW_LINES.map((line, at) =>
    at === 0 ? line : line.replace(/^(\d+,c\d+,\d+),[01],[01]/, '$1,0,0'),
  );

  it.each([
    ['nothing', '', /has 0 changes; 50 are needed/],
    ['a header alone', RAW_LINES[0]!, /has 0 changes/],
    ['too few changes', RAW_LINES.slice(0, 20).join('\n'), /has 19 changes; 50 are needed/],
    ['another layout', 'a,b\n1,2', /neither layout; the raw one wants _id, date/],
    ['a column twice', `${RAW_LINES[0]!.replace('__', 'bug')}\n${RAW_LINES[1]}`, /"bug" twice/],
    ['a line cut short', RAW.slice(0, RAW.length - 20), /Line 61 has \d+ cells, its header 19/],
    ['an empty cell', change(8, ''), /Line 4 has nothing in column entrophy/],
    ['NaN', change(8, 'NaN'), /Line 4, column entrophy: "NaN" is not a number/],
    ['an infinity', change(9, '1e400'), /column la: "1e400" is not a number/],
    ['a hexadecimal number', change(9, '0x10'), /column la/],
    ['lines below zero', change(9, '-1'), /column la: "-1" is not a number that is not below zero/],
    ['a label of its own', change(3, '2'), /column bug: "2" is not 0, 1, true or false/],
    ['milliseconds', change(2, '1451624412000'), /not milliseconds/],
    ['one label', same.join('\n'), /All changes of p have the same label/],
    ['an open quote', change(1, '"abc'), /Line 4 has a quote that is not closed/],
    ['a long line', `${RAW_LINES[0]}\n${'x'.repeat(DATA_LIMITS.line + 1)}`, /Line 2 is longer/],
    ['many columns', `${Array.from({ length: 201 }, (_, at) => `c${at}`).join(',')}\n`, /201 columns/],
    [
      'a day that does not exist',
      relativeTable(COLUMBA.replace('2006/7/8', '2006/2/30')),
      /a moment that exists/,
    ],
    ['a day alone', relativeTable(COLUMBA.replace(' 9:06', '')), /a moment as/],
  ])('%s', (_, text, message) => {
    expect(() => readProject('p', text)).toThrow(message);
    expect(() => readProject('p', text)).toThrow(expect.objectContaining({ code: 'risk-data-invalid' }));
  });
});
