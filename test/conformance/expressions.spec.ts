import { describe, expect, it } from '@jest/globals';
import { codesIn, findTables, readDocument, sectionOf } from '../docs/markdown.js';
import { explainFailure } from './run-case.js';
import { type Case, selectCases } from './select-cases.js';

const DOCUMENT = readDocument('docs/expressions-conformance.md');

/** Share of the cases asked that the language must pass. */
const AIM = 0.95;

const FILES = selectCases();
const ASKED = FILES.flatMap(({ cases }) => cases);
const FAILED = ASKED.filter((asked) => explainFailure(asked) !== undefined).map(({ name }) => name);

describe('docs/expressions-conformance.md', () => {
  it('has the figures of every file of the suite', () => {
    const rows = FILES.map(({ name, cases, leftOut }) => [
      `\`${name}\``,
      String(cases.length + sum([...leftOut.values()])),
      String(cases.length),
      String(cases.filter((asked) => !FAILED.includes(asked.name)).length),
      [...leftOut].map(([reason, count]) => `${reason}: ${count}`).join('; '),
    ]);
    const all = [1, 2, 3].map((column) => String(sum(rows.map((row) => Number(row[column])))));
    expect(findTables(sectionOf(DOCUMENT, '## Figures'))[0]).toEqual([...rows, ['**all**', ...all, '']]);
  });

  it('names every case that goes otherwise, and no other', () => {
    const [rows] = findTables(sectionOf(DOCUMENT, '## What goes otherwise, and why'));
    const named = rows!.flatMap(([names]) => codesIn(names!)).flatMap(casesNamed);
    expect(named.sort()).toEqual([...FAILED].sort());
  });
});

it('passes at least 95 % of the cases asked', () => {
  expect(ASKED.length).toBeGreaterThan(1_000);
  expect(1 - FAILED.length / ASKED.length).toBeGreaterThanOrEqual(AIM);
});

describe('a case notices', () => {
  const bool = { case: 'boolValue', value: true } as const;
  const wrong: [string, string, NonNullable<Case['expected']>['kind'] | undefined][] = [
    ['another value', 'false', bool],
    ['an error where a value is expected', '[1][2] == 1', bool],
    ['a value where an error is expected', '1', undefined],
    ['another kind of number', '1', { case: 'uint64Value', value: 1n }],
    ['another kind of number without a fraction', '1', { case: 'doubleValue', value: 1 }],
    [
      'another number, too large for JSON',
      '9223372036854775806',
      { case: 'int64Value', value: 2n ** 63n - 1n },
    ],
    ['a number where none is expected', '1.0', { case: 'doubleValue', value: Number.NaN }],
    ['another sign of zero', '0.0', { case: 'doubleValue', value: -0 }],
    ['another infinity', '1.0 / 0.0', { case: 'doubleValue', value: Number.NEGATIVE_INFINITY }],
    ['another type', 'int', { case: 'typeValue', value: 'uint' }],
    ['a text where bytes are expected', '"YQ=="', { case: 'bytesValue', value: new Uint8Array([97]) }],
  ];
  it.each(wrong)('%s', (_, source, kind) => {
    const expected = kind && ({ $typeName: 'cel.expr.Value', kind } as const);
    expect(explainFailure({ name: 'x', source, roots: new Map(), expected })).toBeDefined();
  });
});

/** `file/section/*` stands for every case asked of a section. */
function casesNamed(name: string): string[] {
  if (!name.endsWith('/*')) return [name];
  return ASKED.map((asked) => asked.name).filter((asked) => asked.startsWith(name.slice(0, -1)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
