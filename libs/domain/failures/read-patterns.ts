import { parse } from '../definition/parse.js';
import { toJson } from '../definition/tree.js';
import { SluiceError } from '../errors.js';
import { FAILURE_CLASSES, type FailureClass } from '../execution/step-error.js';
import { isJsonObject, type Json, type JsonObject } from '../json.js';
import type { Category } from './category.js';
import { type GlobFault, parseGlob } from './glob.js';
import { ASK, LATER, ROLL_BACK, STOP, STRATEGIES, type Strategy } from './strategy.js';

const LIMITS = { categories: 500, patterns: 200, text: 1_000 } as const;
/** Above what Sluice knows itself, unless the file says otherwise. */
const OWN_WEIGHT = 90;

/** Strategies by the words of a file. */
const NAMED: Readonly<Record<string, Strategy>> = {
  retry: STRATEGIES.transient,
  'retry-later': LATER,
  wait: STRATEGIES['rate-limit'],
  ask: ASK,
  'roll-back': ROLL_BACK,
  stop: STOP,
};

/**
 * Categories of a user's own, in YAML or JSON: `categories: [{ id, class, title, remediation, patterns, weight?, strategy? }]`.
 * One with the id of a known category replaces it. Throws SluiceError `failure-patterns-invalid` for anything else.
 */
export function readPatterns(text: string): readonly Category[] {
  const { tree, findings } = parse(text);
  const [first] = findings;
  if (tree === undefined || first !== undefined)
    throw invalid(first === undefined ? 'It is empty.' : `Line ${first.line}: ${first.message}`, first?.hint);
  const root = toJson(tree.root);
  const list = isJsonObject(root) ? root['categories'] : undefined;
  if (!Array.isArray(list) || list.length === 0 || list.length > LIMITS.categories)
    throw invalid(`\`categories\` must be a list of 1 to ${LIMITS.categories}.`);
  const categories = (list as readonly Json[]).map(readCategory);
  const ids = categories.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw invalid(`The id ${twice} is given twice.`);
  return categories;
}

const KEYS = ['id', 'class', 'title', 'remediation', 'patterns', 'weight', 'strategy'];

function readCategory(value: Json, index: number): Category {
  const place = `categories[${index}]`;
  if (!isJsonObject(value)) throw invalid(`${place} is not a map.`);
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw invalid(`${place} has the unknown key ${unknown}.`);
  const id = readText(value, 'id', place);
  if (!/^[a-z][a-z0-9_-]{0,63}$/.test(id))
    throw invalid(`${place}.id must be lower-case letters, digits, _ and -.`);
  const failureClass = value['class'];
  if (!FAILURE_CLASSES.includes(failureClass as FailureClass))
    throw invalid(`${place}.class must be one of ${FAILURE_CLASSES.join(', ')}.`);
  const strategy = readStrategy(value['strategy'], place);
  return {
    id,
    class: failureClass as FailureClass,
    title: readText(value, 'title', place),
    remediation: readText(value, 'remediation', place),
    patterns: readGlobs(value['patterns'], place),
    weight: readWeight(value['weight'], place),
    ...(strategy === undefined ? {} : { strategy }),
  };
}

function readText(map: JsonObject, key: string, place: string): string {
  const value = map[key];
  if (typeof value !== 'string' || value.trim() === '' || value.length > LIMITS.text)
    throw invalid(`${place}.${key} must be text of 1 to ${LIMITS.text} characters.`);
  return value;
}

const FAULTS: Readonly<Record<GlobFault, string>> = {
  empty: 'is empty',
  'too-long': 'has more than 300 characters',
  'too-short': 'holds no text of three characters or more, and would fit nearly everything',
  'not-ascii': 'holds characters other than those of ASCII',
};

function readGlobs(value: Json | undefined, place: string): readonly string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > LIMITS.patterns)
    throw invalid(`${place}.patterns must be a list of 1 to ${LIMITS.patterns} texts.`);
  return (value as readonly Json[]).map((pattern, index) => {
    if (typeof pattern !== 'string') throw invalid(`${place}.patterns[${index}] is not text.`);
    const glob = parseGlob(pattern);
    if (typeof glob === 'string') throw invalid(`${place}.patterns[${index}] ${FAULTS[glob]}.`);
    return pattern;
  });
}

function readWeight(value: Json | undefined, place: string): number {
  if (value === undefined) return OWN_WEIGHT;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 100)
    throw invalid(`${place}.weight must be a whole number from 1 to 100.`);
  return value;
}

function readStrategy(value: Json | undefined, place: string): Strategy | undefined {
  if (value === undefined) return undefined;
  const named = typeof value === 'string' && Object.hasOwn(NAMED, value) ? NAMED[value] : undefined;
  if (named === undefined)
    throw invalid(`${place}.strategy must be one of ${Object.keys(NAMED).join(', ')}.`);
  return named;
}

function invalid(message: string, hint?: string): SluiceError {
  return new SluiceError({
    code: 'failure-patterns-invalid',
    fault: 'user',
    message: `The file of patterns cannot be used. ${message}`,
    hint: hint ?? 'docs/failures.md shows its form.',
  });
}
