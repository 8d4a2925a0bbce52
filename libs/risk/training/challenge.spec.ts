import { describe, expect, it } from '@jest/globals';
import { trainModel } from '../model/train-model.js';
import { makeProject, SMALL_RECIPE } from '../testing/synthetic-project.js';
import { challenge, finish } from './challenge.js';

const champion = trainModel(
  'others',
  [makeProject('a', 500, 1), makeProject('b', 500, 2)],
  SMALL_RECIPE,
).model;
const trainOwn = (training: Parameters<Parameters<typeof challenge>[2]>[0]) =>
  trainModel('own', [training], SMALL_RECIPE).model;

describe('own outcomes', () => {
  it('take over where other things matter', () => {
    const mine = makeProject('mine', 900, 3, ({ age, fix }) => 1.5 * (Math.log1p(age) - 3.5) + 2 * fix - 1);
    const { contenders, winner, words } = challenge(champion, mine, trainOwn);
    expect(contenders.map(({ kind }) => kind)).toEqual(['champion', 'recalibrated', 'own']);
    expect(winner?.kind).toBe('own');
    expect(words).toMatch(/^The own model takes over: AUC 0\.\d+ against 0\.\d+/);
    const model = finish(winner!, champion, mine, SMALL_RECIPE);
    expect(model.trainedOn).toMatchObject({ projects: ['mine'], changes: 900 });
  });

  it('mend the probabilities where the order is right', () => {
    const rare = makeProject(
      'rare',
      900,
      4,
      ({ la, exp }) => 0.8 * (Math.log1p(la) - 3) + 0.4 * (4 - Math.log1p(exp)) - 2.2,
    );
    // What learns from them is no better than a guess: only the order of the champion is left.
    const { winner } = challenge(champion, rare, () => ({
      ...champion,
      calibration: { slope: 0, intercept: 0 },
    }));
    expect(winner?.kind).toBe('recalibrated');
    const finished = finish(winner!, champion, rare, SMALL_RECIPE);
    expect(finished.boosting).toBe(champion.boosting);
    expect(finished.calibration).not.toEqual(champion.calibration);
  });

  it('change nothing where the champion does as well', () => {
    const { winner, words } = challenge(champion, makeProject('same', 600, 5), () => champion);
    expect(winner).toBeUndefined();
    expect(words).toMatch(/No challenger is better by 0\.01 \(AUC\) or 0\.005 \(Brier\)/);
  });

  it('are not enough when they are few', () => {
    const { contenders, winner, words } = challenge(champion, makeProject('few', 200, 6), trainOwn);
    expect(contenders).toHaveLength(1);
    expect(winner).toBeUndefined();
    expect(words).toMatch(/40 later changes .* are too few/);
  });
});
