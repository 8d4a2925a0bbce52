import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.js';
import type { Tree } from '../learning/tree.js';
import { FEATURES } from './features.js';
import { createModelError } from './model-error.js';
import { readBytes, readFloats, writeBytes, writeFloats } from './numbers-as-text.js';
import { RANKED, REFERENCE_PARTS } from './past.js';
import type { Recipe } from './recipe.js';
import type { RiskModel, TrainedOn } from './risk-model.js';

const FORMAT = 'sluice-risk-model/1';
/** Characters of a file. */
const LONGEST = 8 * 1024 * 1024;
const MOST_TREES = 20_000;

/** A model beside the SHA-256 of what it was read from. */
export interface StoredModel {
  readonly model: RiskModel;
  readonly digest: string;
}

/** The file of a model: the same model and recipe give the same bytes. */
export function writeModel(model: RiskModel, recipe: Recipe, sources: readonly string[]): string {
  const { trees } = model.boosting;
  const flat = (key: 'feature' | 'threshold' | 'left' | 'value' | 'cover') =>
    trees.flatMap((tree) => tree[key]);
  const { logistic } = model;
  const content = {
    format: FORMAT,
    name: model.name,
    trainedOn: { ...model.trainedOn, projects: [...model.trainedOn.projects] },
    sources: [...sources],
    recipe: structuredClone(recipe) as unknown as JsonObject,
    features: FEATURES.map(({ name }) => name),
    blend: model.blend,
    calibration: { ...model.calibration },
    reference: writeFloats(model.reference.flat()),
    ranges: writeFloats(model.ranges.flat()),
    logistic: writeFloats([
      logistic.intercept,
      ...logistic.weights,
      ...logistic.means,
      ...logistic.deviations,
    ]),
    start: model.boosting.start,
    nodes: writeBytes(trees.map((tree) => tree.left.length)),
    feature: writeBytes(flat('feature')),
    left: writeBytes(flat('left')),
    threshold: writeFloats(flat('threshold')),
    value: writeFloats(flat('value')),
    cover: writeFloats(flat('cover')),
  };
  return `${JSON.stringify({ ...content, digest: computeDigest(content) }, null, 1)}\n`;
}

/** Throws SluiceError `risk-model-invalid` for what is not a whole, unchanged model of this version's features. */
export function readModel(text: string): StoredModel {
  if (text.length > LONGEST) throw createModelError(`A model has at most ${LONGEST} characters.`);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw createModelError('The model is not JSON.');
  }
  return readModelValue(value);
}

export function readModelValue(value: Json): StoredModel {
  if (!isJsonObject(value) || value['format'] !== FORMAT)
    throw createModelError(`The model is not of the format ${FORMAT}.`);
  const { digest, ...content } = value;
  if (digest !== computeDigest(content))
    throw createModelError('The digest of the model is not that of its content.');
  if (JSON.stringify(content['features']) !== JSON.stringify(FEATURES.map(({ name }) => name)))
    throw createModelError('The model looks at other features than this version of Sluice computes.');
  return { model: readContent(content), digest: digest as string };
}

function computeDigest(content: JsonObject): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(content))));
}

function readContent(content: JsonObject): RiskModel {
  const count = FEATURES.length;
  const logistic = readFloats(content['logistic'], 1 + 3 * count, 'weights');
  const ranges = readFloats(content['ranges'], 2 * count, 'ranges');
  const reference = readFloats(content['reference'], RANKED.length * REFERENCE_PARTS, 'reference values');
  const calibration = content['calibration'];
  return {
    name: readText(content['name']),
    trainedOn: readTrainedOn(content['trainedOn']),
    blend: readFinite(content['blend']),
    calibration: {
      slope: readFinite(isJsonObject(calibration) ? calibration['slope'] : undefined),
      intercept: readFinite(isJsonObject(calibration) ? calibration['intercept'] : undefined),
    },
    reference: RANKED.map((_, at) => reference.slice(at * REFERENCE_PARTS, (at + 1) * REFERENCE_PARTS)),
    ranges: FEATURES.map((_, at) => [ranges[2 * at]!, ranges[2 * at + 1]!] as const),
    logistic: {
      intercept: logistic[0]!,
      weights: logistic.slice(1, 1 + count),
      means: logistic.slice(1 + count, 1 + 2 * count),
      deviations: logistic.slice(1 + 2 * count),
    },
    boosting: { start: readFinite(content['start']), trees: readTrees(content) },
  };
}

function readTrees(content: JsonObject): Tree[] {
  const sizes = readBytes(content['nodes'], undefined, 'trees');
  if (sizes.length > MOST_TREES) throw createModelError(`A model has at most ${MOST_TREES} trees.`);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const feature = readBytes(content['feature'], total, 'trees');
  const left = readBytes(content['left'], total, 'trees');
  const threshold = readFloats(content['threshold'], total, 'trees');
  const value = readFloats(content['value'], total, 'trees');
  const cover = readFloats(content['cover'], total, 'trees');
  let start = 0;
  return sizes.map((size) => {
    const end = start + size;
    const cut = (values: readonly number[]) => values.slice(start, end);
    const tree = {
      feature: cut(feature),
      threshold: cut(threshold),
      left: cut(left),
      value: cut(value),
      cover: cut(cover),
    };
    start = end;
    return checkTree(tree);
  });
}

/** Ways lead down only, so that every row comes to a leaf. */
function checkTree(tree: Tree): Tree {
  const sound =
    tree.left.length > 0 &&
    tree.left.every((left, node) => left === 0 || (left > node && left + 1 < tree.left.length)) &&
    tree.feature.every((feature) => feature < FEATURES.length) &&
    tree.cover.every((cover) => cover > 0);
  if (!sound) throw createModelError('A tree of the model leads nowhere.');
  return tree;
}

function readTrainedOn(value: Json | undefined): TrainedOn {
  if (!isJsonObject(value) || !Array.isArray(value['projects']))
    throw createModelError('The model does not say what it learnt from.');
  return {
    projects: (value['projects'] as readonly Json[]).map(readText),
    changes: readFinite(value['changes']),
    defectRate: readFinite(value['defectRate']),
    from: readFinite(value['from']),
    to: readFinite(value['to']),
  };
}

function readText(value: Json | undefined): string {
  if (typeof value === 'string' && value.length <= 200) return value;
  throw createModelError('A name in the model is not a text of at most 200 characters.');
}

function readFinite(value: Json | undefined): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw createModelError('A number in the model is none.');
}
