import { describe, expect, it } from '@jest/globals';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { readDefinition } from '#domain/validation/validate.js';
import { JOBS, type JobName, requireSteps, stepsOf } from './jobs.js';
import { definitionOf } from './sluice/definitions.js';

const SHAPES: readonly [JobName, number, number][] = [
  ['ten-steps', 5, 10],
  ['in-sequence', 400, 400],
  ['fan-out', 1, 100],
];

describe.each(SHAPES)('%s', (job, levels, steps) => {
  it('has its levels, and each step once', () => {
    expect(JOBS[job]).toHaveLength(levels);
    expect(new Set(stepsOf(job)).size).toBe(steps);
  });

  it('is a definition of the same steps', () => {
    const { definition, findings } = readDefinition(definitionOf(job), ACTIONS);
    expect(findings).toEqual([]);
    const found = [...definition!.stages.values()].flatMap(({ steps: own }) => [...own]);
    expect(found.map(([name]) => name)).toEqual(stepsOf(job));
    // Side by side, unless they are in one sequence.
    expect(found.filter(([, step]) => step.needs?.length === 0)).toHaveLength(levels === steps ? 0 : steps);
  });

  it.each([
    ['one too few', stepsOf(job).slice(1)],
    ['another order', stepsOf(job).toReversed()],
    ['nothing', undefined],
  ])('refuses an answer with %s', (_, answer) => {
    expect(() => requireSteps(job, answer)).toThrow(job);
  });

  it('takes the answer that names all', () => {
    expect(() => requireSteps(job, [...stepsOf(job)])).not.toThrow();
  });
});
