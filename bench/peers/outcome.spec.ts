import { describe, expect, it } from '@jest/globals';
import type { Figures } from './measure.js';
import { type Outcome, orderOf, summarise } from './outcome.js';
import { formatOutcomes } from './table.js';

const FIGURES: Figures = {
  tenStepsP50: 1,
  tenStepsP95: 1,
  rate: 1,
  processorSeconds: 1,
  inSequence: 1,
  fanOut: 1,
  allAtOnce: 1,
  allRate: 1,
  allP50: 1,
  allP95: 1,
  storedKib: 1,
  peakMib: 1,
};

function outcome(name: string, rates: readonly number[], failure?: string): Outcome {
  return {
    name,
    about: `what ${name} is`,
    versions: { [name]: '1.2.3' },
    rounds: rates.map((rate) => ({ ...FIGURES, rate })),
    ...(failure === undefined ? {} : { failure }),
  };
}

const OUTCOMES = [
  outcome('lost', [], 'it is not to be had'),
  outcome('ours', [30, 10, 20]),
  outcome('other', [50, 4, 5]),
];

describe('summarise', () => {
  it('takes the middle of the rounds, and its ratio to the first peer that has figures', () => {
    const [ours, other, ...rest] = summarise(OUTCOMES);
    expect(rest).toEqual([]);
    expect([ours!.name, ours!.medians.rate, ours!.ratios.rate]).toEqual(['ours', 20, 1]);
    expect([other!.name, other!.medians.rate, other!.ratios.rate]).toEqual(['other', 5, 0.25]);
    expect(Object.keys(other!.ratios).sort()).toEqual(Object.keys(FIGURES).sort());
  });

  it('has nothing to say where nothing was measured', () => {
    expect(summarise([OUTCOMES[0]!])).toEqual([]);
  });
});

describe('formatOutcomes', () => {
  const text = formatOutcomes(OUTCOMES, { machine: 'a machine', atOnce: 50 });

  it('shows figures and ratios of each peer that has some', () => {
    const rows = text.split('\n').filter((line) => line.startsWith('| o'));
    expect(rows.map((row) => row.split(' | ')[3])).toEqual(['20.0', '5.0', '1.00', '0.25']);
    expect(text).toContain('50 at once (runs/s)');
    expect(text).toContain('a machine; medians of 3 rounds');
  });

  it('tells versions, and why a peer failed', () => {
    expect(text).toContain('- ours: what ours is (ours 1.2.3).');
    expect(text).toContain('- lost: what lost is (lost 1.2.3). FAILED: it is not to be had');
  });

  it('shows no table where nothing was measured', () => {
    expect(formatOutcomes([OUTCOMES[0]!], { machine: 'a machine', atOnce: 50 })).not.toContain('|');
  });
});

it('begins each round with another peer, and leaves none out', () => {
  const orders = [0, 1, 2, 3].map((round) => orderOf(['a', 'b', 'c'], round).join(''));
  expect(orders).toEqual(['abc', 'bca', 'cab', 'abc']);
});
