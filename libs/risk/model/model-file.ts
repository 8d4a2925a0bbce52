import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.js';
import { FEATURES } from './features.js';
import { createModelError } from './model-error.js';
import { readFinite, readFloats, writeFloats } from './numbers-as-text.js';
import { RANKED, REFERENCE_PARTS } from './past.js';
import type { Blend, ModelRecipe } from './recipe.js';
import type { RiskModel, TrainedOn } from './risk-model.js';
import { readTrees, writeTrees } from './trees-as-text.js';

const FORMAT = 'sluice-risk-model/2';
/** Characters of a file. */
const LONGEST = 8 * 1024 * 1024;

/** A model beside the SHA-256 of what it was read from. */
export interface StoredModel {
  readonly model: RiskModel;
  readonly digest: string;
}

/** The file of a model: the same model and recipe give the same bytes. */
export function writeModel(model: RiskModel, recipe: ModelRecipe, sources: readonly string[]): string {
  const { logistic } = model;
  const content = {
    format: FORMAT,
    name: model.name,
    trainedOn: { ...model.trainedOn, projects: [...model.trainedOn.projects] },
    sources: [...sources],
    recipe: structuredClone(recipe) as unknown as JsonObject,
    features: FEATURES.map(({ name }) => name),
    blend: { ...model.blend },
    calibration: { ...model.calibration },
    reference: writeFloats(model.reference.flat()),
    ranges: writeFloats(model.ranges.flat()),
    logistic: writeFloats([
      logistic.intercept,
      ...logistic.weights,
      ...logistic.means,
      ...logistic.deviations,
    ]),
    boosting: writeTrees(model.boosting),
    forest: writeTrees(model.forest),
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
  return {
    name: readText(content['name']),
    trainedOn: readTrainedOn(content['trainedOn']),
    blend: readNumbers(content['blend'], ['boosting', 'forest', 'logistic']) satisfies Blend,
    calibration: readNumbers(content['calibration'], ['slope', 'intercept']),
    reference: RANKED.map((_, at) => reference.slice(at * REFERENCE_PARTS, (at + 1) * REFERENCE_PARTS)),
    ranges: FEATURES.map((_, at) => [ranges[2 * at]!, ranges[2 * at + 1]!] as const),
    logistic: {
      intercept: logistic[0]!,
      weights: logistic.slice(1, 1 + count),
      means: logistic.slice(1 + count, 1 + 2 * count),
      deviations: logistic.slice(1 + 2 * count),
    },
    boosting: readTrees(content['boosting']),
    forest: readTrees(content['forest']),
  };
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

function readNumbers<Name extends string>(
  value: Json | undefined,
  names: readonly Name[],
): Record<Name, number> {
  const numbers = isJsonObject(value) ? value : {};
  return Object.fromEntries(names.map((name) => [name, readFinite(numbers[name])])) as Record<Name, number>;
}
