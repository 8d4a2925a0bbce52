import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { makeChange } from '../testing/synthetic-project.js';
import { computeFeatures } from './features.js';
import { Past } from './past.js';
import { RECIPE } from './recipe.js';
import { predict } from './risk-model.js';
import { readShippedModel } from './shipped-model.js';

const FILE = new URL('./shipped.json', import.meta.url);
const { model } = readShippedModel();

it('is whole, small, and says what it learnt from and how', () => {
  const text = readFileSync(FILE, 'utf8');
  const content = JSON.parse(text);
  expect(text.length).toBeLessThan(300_000);
  expect(content.sources.join()).toMatch(/ISSTA 2021.*MIT.*2013.*MIT/);
  // It is not current: npm run train:risk -- --data FOLDER --output libs/risk/model/shipped.json
  expect(content.recipe).toEqual(RECIPE.shared);
  expect(model.trainedOn.projects.length).toBeGreaterThan(1);
});

it('judges without any history: a large change is riskier than a small one, and none is certain', () => {
  const [small, large] = [
    makeChange({ la: 1, ld: 0, nf: 1, nd: 1, entropy: 0 }),
    makeChange({ la: 600, ld: 200, nf: 9, nd: 6, ns: 3, entropy: 3, lt: 5_000 }),
  ].map((change) => predict(model, computeFeatures(change, new Past(), model.reference))) as [number, number];
  expect(small).toBeLessThan(model.trainedOn.defectRate);
  expect(large).toBeGreaterThan(model.trainedOn.defectRate);
  expect(small).toBeGreaterThan(0.01);
  expect(large).toBeLessThan(0.99);
});
