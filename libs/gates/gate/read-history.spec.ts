import { describe, expect, it } from '@jest/globals';
import { readHistory } from './read-history.js';

function result(day: number, more: object = {}): string {
  const at = new Date(Date.UTC(2030, 0, day)).toISOString();
  const criteria = [{ name: 'p95', metric: 'p95', value: day, unit: 'ms' }];
  return JSON.stringify({ gate: 'g', at, outcome: 'pass', criteria, ...more });
}

const END = Date.UTC(2031, 0, 1);

describe('readHistory', () => {
  it('has the latest first, however the files are ordered, and those of this gate only', () => {
    const files = [
      { name: 'b.json', text: result(2, { afterwards: 'bad' }) },
      { name: 'c.jsonl', text: `${result(1)}\n\n${result(3)}\n${result(9, { gate: 'other' })}\n` },
    ];
    const { runs, notes } = readHistory(files, 'g', END);
    expect(runs.map(({ values }) => values.get('p95'))).toEqual(
      [3, 2, 1].map((value) => ({ value, unit: 'ms' })),
    );
    expect(runs[1]).toMatchObject({ afterwards: 'bad', outcome: 'pass' });
    expect(notes).toEqual([]);
    expect(readHistory(files.toReversed(), 'g', END)).toEqual({ runs, notes });
  });

  it.each([
    ['{', 'it is not JSON'],
    ['[]', 'it is no result of a gate'],
    ['{"gate": "g"}', 'it is no result of a gate'],
    [result(1, { at: 'today' }), '`at` is no moment'],
    [result(1, { outcome: 'perfect' }), '`outcome` is none'],
    [result(1, { criteria: [7] }), 'a criterion is no map'],
    [result(1).replace('"value":1', '"value":1e400'), 'the value of p95 is no number'],
    [result(1).replace('"value":1', '"value":"1"'), 'the value of p95 is no number'],
    [result(1, { criteria: Array(1_001).fill({}) }), 'it has too many criteria'],
  ])('names what is damaged: %.40s', (text, why) => {
    expect(readHistory([{ name: 'x.json', text }], 'g', END)).toEqual({
      runs: [],
      notes: [`x.json was left out: ${why}.`],
    });
    expect(readHistory([{ name: 'x.jsonl', text: `${result(2)}\n${text}` }], 'g', END)).toMatchObject({
      runs: [{ outcome: 'pass' }],
      notes: [`x.jsonl, line 2, was left out: ${why}.`],
    });
  });

  it('knows nothing of what comes later, and keeps a thousand', () => {
    const lines = Array.from({ length: 1_500 }, (_, n) => result(n - 1_200));
    const { runs, notes } = readHistory(
      [{ name: 'all.jsonl', text: lines.join('\n') }],
      'g',
      Date.UTC(2030, 0, 1),
    );
    expect(runs).toHaveLength(1_000);
    expect(runs[0]!.values.get('p95')?.value).toBe(0);
    expect(notes).toEqual(['299 earlier results were left out: not before this one.']);
  });

  it('tells of twenty damaged ones, and counts the others', () => {
    const { notes } = readHistory([{ name: 'x.jsonl', text: '{\n'.repeat(30) }], 'g', END);
    expect(notes).toHaveLength(21);
    expect(notes.at(-1)).toBe('10 more earlier results were left out.');
  });
});
