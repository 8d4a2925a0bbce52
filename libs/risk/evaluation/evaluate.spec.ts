import { describe, expect, it } from '@jest/globals';
import { makeProject, SMALL_RECIPE } from '../testing/synthetic-project.js';
import { drawCalibration } from './draw-calibration.js';
import { evaluate } from './evaluate.js';
import { poolBins } from './pool-bins.js';
import { reportEvaluation } from './report.js';

const told: string[] = [];
const PROJECTS = [makeProject('alpha', 600, 1), makeProject('beta', 500, 2)];
const evaluation = evaluate(PROJECTS, SMALL_RECIPE, (line) => told.push(line));
const report = reportEvaluation(evaluation);

describe('an evaluation', () => {
  it('tests each project on its last fifth, learnt from within and from the others', () => {
    expect(
      evaluation.projects.map(({ name, training, test }) => [name, training.changes, test.changes]),
    ).toEqual([
      ['alpha', 480, 120],
      ['beta', 400, 100],
    ]);
    for (const { within, across, baseBrier } of evaluation.projects) {
      expect(within['the model'].auc).toBeGreaterThan(0.6);
      expect(within['the model'].brier).toBeLessThan(baseBrier);
      expect(across?.auc).toBeGreaterThan(0.6);
    }
  });

  it('ranks by added lines as added lines do', () => {
    const [alpha] = evaluation.projects;
    const test = PROJECTS[0]!.changes.slice(480);
    const pairs = test.flatMap(({ factors, label }) =>
      label === 0
        ? []
        : test
            .filter((other) => other.label === 0)
            .map((other) => (Math.sign(factors.la - other.factors.la) + 1) / 2),
    );
    const byHand = pairs.reduce((sum, each) => sum + each, 0) / pairs.length;
    expect(alpha!.within['added lines'].auc).toBeCloseTo(byHand, 12);
  });

  it('gives means over the projects', () => {
    const [alpha, beta] = evaluation.projects;
    expect(evaluation.mean['the model']!.brier).toBeCloseTo(
      (alpha!.within['the model'].brier + beta!.within['the model'].brier) / 2,
      12,
    );
  });

  it('tells its progress', () => {
    expect(told).toContain('alpha: learns from 480 changes, 120 are for the test');
    expect(told).toContain('beta: learns from the 1 other projects');
  });

  it('is reported in tables, what is not beaten among it', () => {
    for (const words of ['**alpha**', '| the model', '| added lines', '| by other projects', 'goes to work'])
      expect(report).toContain(words);
    expect(report).toContain(evaluation.notBeaten[0] ?? 'beats the base rate and both baselines everywhere');
    const lines = report.split('\n').filter((line) => line.startsWith('|'));
    expect(lines.every((line) => line.endsWith('|'))).toBe(true);
  });
});

describe('the calibration', () => {
  const bins = poolBins(evaluation);

  it('counts every later change once, by what was expected', () => {
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(220);
    const tenths = bins.map(({ expected }) => Math.floor(10 * expected));
    expect(tenths).toEqual([...new Set(tenths)].sort((one, other) => one - other));
  });

  it('is drawn: true probabilities on the diagonal, ends in the corners', () => {
    const picture = drawCalibration([
      { count: 400, expected: 0, observed: 0 },
      { count: 100, expected: 1, observed: 1 },
      { count: 25, expected: 0.25, observed: 0.75 },
    ]);
    const circles = [...picture.matchAll(/<circle cx="(.*?)" cy="(.*?)" r="(.*?)">/g)];
    expect(circles.map(([, ...numbers]) => numbers.map(Number))).toEqual([
      [56, 424, 14],
      [424, 56, 7],
      [148, 148, 3.5],
    ]);
    expect(picture).toContain('25 changes: expected 0.250, observed 0.750');
    expect(drawCalibration(bins)).not.toMatch(/NaN|Infinity/);
  });
});

it('says what does not beat a baseline', () => {
  // Only added lines matter: nothing else is to be learnt.
  const lines = [makeProject('lines', 400, 5, ({ la }) => 3 * (Math.log1p(la) - 3))];
  const { notBeaten, projects } = evaluate(lines, SMALL_RECIPE, () => {});
  expect(notBeaten.join('\n')).toMatch(/lines, the model: .* 0\.\d+ against 0\.\d+ of added lines/);
  expect(projects[0]!.across).toBeUndefined();
});
