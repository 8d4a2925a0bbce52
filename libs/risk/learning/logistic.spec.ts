import { expect, it } from '@jest/globals';
import { toProbability } from './log-odds.js';
import { applyLogistic, trainLogistic, weigh } from './logistic.js';

/** Of 10 with the mark 8 have a defect, of 20 without it 5. */
const MARKED = [...Array.from({ length: 10 }, () => 1), ...Array.from({ length: 20 }, () => 0)];
const LABELS = MARKED.map((mark, at) => (mark === 1 ? Number(at < 8) : Number(at < 15)));
const ONES = new Float64Array(30).fill(1);
const TABLE = { rows: 30, columns: [Float64Array.from(MARKED)] };

it('gives the odds of each kind when one mark is all that is known', () => {
  const model = trainLogistic(TABLE, LABELS, ONES, { ridge: 0 });
  expect(toProbability(applyLogistic(model, [1]))).toBeCloseTo(0.8, 9);
  expect(toProbability(applyLogistic(model, [0]))).toBeCloseTo(0.25, 9);
});

it('weighs rows: twice the weight is twice the row', () => {
  const weights = ONES.map((_, at) => (at === 0 ? 2 : 1));
  const model = trainLogistic(TABLE, LABELS, weights, { ridge: 0 });
  expect(toProbability(applyLogistic(model, [1]))).toBeCloseTo(9 / 11, 9);
});

it('is drawn towards the mean by the ridge', () => {
  const probability = toProbability(applyLogistic(trainLogistic(TABLE, LABELS, ONES, { ridge: 1 }), [1]));
  expect(probability).toBeGreaterThan(13 / 30);
  expect(probability).toBeLessThan(0.8);
});

it('stands columns that say nothing, and ones that say the same', () => {
  const columns = [TABLE.columns[0]!, TABLE.columns[0]!, new Float64Array(30).fill(7)];
  const model = trainLogistic({ rows: 30, columns }, LABELS, ONES, { ridge: 0.001 });
  expect(toProbability(applyLogistic(model, [1, 1, 7]))).toBeCloseTo(0.8, 1);
  expect(weigh(model, [1, 1, 7], 2)).toBe(0);
});

it('separable changes keep it finite', () => {
  const model = trainLogistic(TABLE, MARKED, ONES, { ridge: 0.001 });
  expect(toProbability(applyLogistic(model, [1]))).toBeGreaterThan(0.95);
});
