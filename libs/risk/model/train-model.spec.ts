import { describe, expect, it } from '@jest/globals';
import { judgeLater } from '../evaluation/judge-project.js';
import { splitByTime } from '../evaluation/split.js';
import { computeAuc, computeBrier } from '../learning/measures.js';
import { makeProject, SMALL_RECIPE } from '../testing/synthetic-project.js';
import { explain } from './explain.js';
import { computeHistory, FEATURES } from './features.js';
import { readModel, readModelValue, writeModel } from './model-file.js';
import { predict } from './risk-model.js';
import { trainModel } from './train-model.js';

const PROJECT = makeProject('one', 600, 1);
const OTHERS = [makeProject('two', 400, 2), makeProject('three', 300, 3)];
const own = trainModel('one', [splitByTime(PROJECT).training], SMALL_RECIPE).model;
const shared = trainModel('others', OTHERS, SMALL_RECIPE).model;

describe.each([
  ['a model of one project', own],
  ['a model of other projects', shared],
])('%s', (_, model) => {
  const labels = splitByTime(PROJECT).test.changes.map(({ label }) => label);

  it('ranks changes, and its probabilities say more than the share of defects', () => {
    const judged = { scores: judgeLater(model, PROJECT), labels };
    const rate = labels.reduce<number>((sum, label) => sum + label, 0) / labels.length;
    expect(computeAuc(judged)).toBeGreaterThan(0.65);
    expect(computeBrier(judged)).toBeLessThan(rate * (1 - rate));
  });

  it('is the same when it is written and read', () => {
    const text = writeModel(model, SMALL_RECIPE.own, ['made up']);
    expect(readModel(text).model).toEqual(model);
    expect(writeModel(readModel(text).model, SMALL_RECIPE.own, ['made up'])).toBe(text);
  });

  it('explains what it says: start and parts add up to its log odds', () => {
    const rows = computeHistory(
      PROJECT.changes.map(({ factors }) => factors),
      model.reference,
    );
    for (const row of rows.slice(0, 50)) {
      const { start, adds } = explain(model, row);
      const sum = adds.reduce((all, each) => all + each, start);
      expect(1 / (1 + Math.exp(-sum))).toBeCloseTo(predict(model, row), 9);
    }
  });
});

it('the same changes make the same bytes', () => {
  const again = trainModel(
    'others',
    [makeProject('two', 400, 2), makeProject('three', 300, 3)],
    SMALL_RECIPE,
  );
  expect(writeModel(again.model, SMALL_RECIPE.shared, [])).toBe(writeModel(shared, SMALL_RECIPE.shared, []));
});

it('a model of several looks at nothing that each project counts in its own way', () => {
  const looked = new Set(
    [...shared.boosting.trees, ...shared.forest.trees].flatMap(({ feature, left }) =>
      feature.filter((_, at) => left[at] !== 0),
    ),
  );
  expect([...looked].filter((at) => !FEATURES[at]!.portable)).toEqual([]);
  expect(FEATURES.filter(({ portable }, at) => !portable && shared.logistic.weights[at] !== 0)).toEqual([]);
});

it('labels of later changes change nothing of what is learnt and said', () => {
  const end = Math.floor(0.8 * PROJECT.changes.length);
  const flipped = {
    ...PROJECT,
    changes: PROJECT.changes.map((change, at) =>
      at < end ? change : { ...change, label: change.label === 1 ? (0 as const) : (1 as const) },
    ),
  };
  const model = trainModel('one', [splitByTime(flipped).training], SMALL_RECIPE).model;
  expect(judgeLater(model, flipped)).toEqual(judgeLater(own, PROJECT));
});

describe('a file that is no model is refused', () => {
  const text = writeModel(own, SMALL_RECIPE.own, []);
  const content = JSON.parse(text);

  it.each([
    ['no JSON', '{', /is not JSON/],
    ['another file', '{"a":1}', /not of the format/],
    ['a list', '[]', /not of the format/],
    ['a changed number', text.replace('"slope": ', '"slope": 1'), /digest/],
    ['half of it', text.slice(0, 5_000), /is not JSON/],
    ['too much', ' '.repeat(9_000_000), /at most/],
  ])('%s', (_, file, message) => {
    expect(() => readModel(file)).toThrow(message);
    expect(() => readModel(file)).toThrow(expect.objectContaining({ code: 'risk-model-invalid' }));
  });

  it('also when its digest was made to fit', async () => {
    const { sha256 } = await import('@noble/hashes/sha2.js');
    const { bytesToHex, utf8ToBytes } = await import('@noble/hashes/utils.js');
    const sign = (changes: object) => {
      const { digest: _, ...rest } = { ...content, ...changes };
      return { ...rest, digest: bytesToHex(sha256(utf8ToBytes(JSON.stringify(rest)))) };
    };
    expect(readModelValue(sign({})).model).toEqual(own);
    const { forest } = content;
    const cases: [object, RegExp][] = [
      [{ features: ['la'] }, /other features/],
      [{ forest: undefined }, /trees are not/],
      [{ forest: { ...forest, nodes: 'AAAA' } }, /trees are not 0 bytes|leads nowhere/],
      [{ forest: { ...forest, left: '?' } }, /trees are not/],
      [{ forest: { ...forest, value: forest.threshold.slice(4) } }, /trees are not/],
      [{ forest: { ...forest, start: null } }, /number in the model/],
      [{ forest: { ...forest, nodes: btoa('\u0001'.repeat(20_001)) } }, /at most 20000 trees/],
      [{ blend: { ...content.blend, forest: '0.8' } }, /number in the model/],
      [{ calibration: null }, /number in the model/],
      [{ trainedOn: {} }, /learnt from/],
      [{ forest: { ...forest, left: btoa('\u0001'.repeat(atob(forest.left).length)) } }, /leads nowhere/],
      [{ ranges: content.ranges.replace(/^.{8}/, 'AADAfwAA') }, /hold what is no number/],
    ];
    for (const [changes, message] of cases) expect(() => readModelValue(sign(changes))).toThrow(message);
  });
});
