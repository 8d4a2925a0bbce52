import { describe, expect, it } from '@jest/globals';
import type { Json } from '#domain/json.js';
import { assessRisk } from './assess/assess-risk.js';
import { readShippedModel } from './model/shipped-model.js';
import { readReport } from './read-report.js';
import { makeChange } from './testing/synthetic-project.js';

const factors = makeChange({ commit: 'c0ffee00', more: { 'tests-touched': 1 } });
const report = {
  ...assessRisk(readShippedModel(), factors, [], {}),
  factors,
  history: { head: 'c0ffee00', commits: 0, complete: true, shallow: false, origin: 'git', notes: [] },
} as unknown as { [key: string]: Json };
const contributions = report['contributions'] as { [key: string]: Json }[];

describe('what a step said of a risk', () => {
  it('is read as it is', () => {
    expect(JSON.stringify(readReport(report))).toBe(JSON.stringify(report));
  });

  it.each<[string, Json]>([
    ['nothing', null],
    ['a list', []],
    ['a part of it', { score: 3, level: 'low' }],
    ['another score', { ...report, score: (report['score'] as number) + 1 }],
    ['another level', { ...report, level: 'high' }],
    ['a level that there is not', { ...report, level: 'none' }],
    ['no number', { ...report, probability: 'NaN' }],
    ['another commit', { ...report, commit: 'c0ffee01' }],
    [
      'a commit that is none',
      { ...report, commit: '--help', factors: { ...factors, commit: '--help' } as never },
    ],
    ['no contributions', { ...report, contributions: [] }],
    [
      'a contribution twice',
      { ...report, contributions: [...contributions, { ...contributions[0]!, points: 0 }] },
    ],
    [
      'no start',
      { ...report, contributions: contributions.map((each) => ({ ...each, factor: `x-${each['factor']}` })) },
    ],
    ['a factor below zero', { ...report, factors: { ...factors, la: -1 } as never }],
    ['a key of its own', { ...report, more: {} }],
    ['a character that databases do not keep', { ...report, text: 'a\0b' }],
    ['half a character', { ...report, text: 'a\ud800' }],
    ['too much', { ...report, text: 'x'.repeat(300_000) }],
  ])('%s is refused', (_, value) => {
    expect(readReport(value)).toBeUndefined();
  });
});
