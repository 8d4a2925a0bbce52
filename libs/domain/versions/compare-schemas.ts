import { isJsonObject, type Json, type JsonObject } from '../json.js';
import { canonicalJson } from '../plan/canonical-json.js';

/**
 * What a change of a JSON Schema means for who gives values: `same`: nothing, or words only; `wider`: all that fitted
 * fits still; `narrower`: something that fitted may fit no more. What cannot be told is `narrower`.
 */
export type SchemaChange = 'same' | 'wider' | 'narrower';

const WORDS: ReadonlySet<string> = new Set([
  ...['title', 'description', 'examples', '$comment', 'deprecated', 'readOnly', 'writeOnly', 'default'],
]);

/** Deeper schemas are not looked into. */
const MAX_DEPTH = 32;

type Compare = (before: Json | undefined, after: Json | undefined, depth: number) => SchemaChange;

const lowest: Compare = (before, after) => boundsOf(before, after, (a, b) => b <= a);
const highest: Compare = (before, after) => boundsOf(before, after, (a, b) => b >= a);

const KEYWORDS: Readonly<Record<string, Compare>> = {
  type: (before, after) => compareSets(typesOf(before), typesOf(after)),
  enum: (before, after) => compareSets(listOf(before), listOf(after)),
  minimum: lowest,
  exclusiveMinimum: lowest,
  minLength: lowest,
  minItems: lowest,
  minProperties: lowest,
  maximum: highest,
  exclusiveMaximum: highest,
  maxLength: highest,
  maxItems: highest,
  maxProperties: highest,
  required: (before, after) => compareSets(listOf(after) ?? [], listOf(before) ?? []),
  properties: compareProperties,
  items: (before, after, depth) => compareNested(before, after, depth),
  additionalProperties: (before, after, depth) => compareNested(before, after, depth),
};

/** Without `default`, which decides whether a value has to be given at all. */
export function compareSchemas(before: JsonObject, after: JsonObject, depth = 0): SchemaChange {
  if (depth > MAX_DEPTH) return canonicalJson(before) === canonicalJson(after) ? 'same' : 'narrower';
  const changes: SchemaChange[] = [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (WORDS.has(key)) continue;
    const [a, b] = [own(before, key), own(after, key)];
    if (a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b)) continue;
    const compare = Object.hasOwn(KEYWORDS, key) ? KEYWORDS[key] : undefined;
    changes.push(compare?.(a, b, depth) ?? (b === undefined ? 'wider' : 'narrower'));
  }
  return worst(changes);
}

function worst(changes: readonly SchemaChange[]): SchemaChange {
  if (changes.includes('narrower')) return 'narrower';
  return changes.includes('wider') ? 'wider' : 'same';
}

function own(schema: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(schema, key) ? schema[key] : undefined;
}

/** Lists of what is allowed; absent is all. */
function compareSets(before: readonly Json[] | undefined, after: readonly Json[] | undefined): SchemaChange {
  if (after === undefined) return before === undefined ? 'same' : 'wider';
  if (before === undefined) return 'narrower';
  const [old, now] = [new Set(before.map(canonicalJson)), new Set(after.map(canonicalJson))];
  if (![...old].every((each) => now.has(each))) return 'narrower';
  return now.size === old.size ? 'same' : 'wider';
}

/** A number may be a whole number too. */
function typesOf(value: Json | undefined): readonly Json[] | undefined {
  const types = typeof value === 'string' ? [value] : listOf(value);
  return types?.includes('number') === true ? [...types, 'integer'] : types;
}

function listOf(value: Json | undefined): readonly Json[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

function boundsOf(
  before: Json | undefined,
  after: Json | undefined,
  allows: (before: number, after: number) => boolean,
): SchemaChange {
  if (after === undefined) return 'wider';
  if (typeof before !== 'number' || typeof after !== 'number') return 'narrower';
  return allows(before, after) ? 'wider' : 'narrower';
}

/** One more that may be given is wider: that other values were taken under its name before is not what people meant. */
function compareProperties(before: Json | undefined, after: Json | undefined, depth: number): SchemaChange {
  const [old, now] = [before ?? {}, after ?? {}];
  if (!isJsonObject(old) || !isJsonObject(now)) return 'narrower';
  return worst(
    [...new Set([...Object.keys(old), ...Object.keys(now)])].map((name) => {
      const [a, b] = [own(old, name), own(now, name)];
      if (a === undefined) return 'wider';
      return b === undefined ? 'narrower' : compareNested(a, b, depth);
    }),
  );
}

/** Schemas that may be true (anything) or false (nothing); absent is true. */
function compareNested(before: Json | undefined, after: Json | undefined, depth: number): SchemaChange {
  const [old, now] = [before ?? true, after ?? true];
  if (isJsonObject(old) && isJsonObject(now)) return compareSchemas(old, now, depth + 1);
  if (canonicalJson(old) === canonicalJson(now)) return 'same';
  return now === true || old === false ? 'wider' : 'narrower';
}
