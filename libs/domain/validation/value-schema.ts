import { RE2JS } from 're2js';
import { isJsonObject, type Json, type JsonObject } from '../json.js';

/**
 * Checks values by JSON Schema where no code may be generated from it: inside a run. The keywords of 2020-12 that say
 * something of a value, without `$dynamicRef`, references to other documents and `unevaluated…`; patterns are RE2.
 */

const MAX_DEPTH = 200;

/** Schemas asked about parts of one value at most: those that refer to themselves can ask twice as often at each level. */
const MAX_ASKED = 500_000;

/** What is wrong with the value, in words; undefined where nothing is. */
export function explainMisfit(schema: JsonObject, value: Json): string | undefined {
  const check = new Check(schema);
  const misfit = check.explain(schema, value, '', 0);
  return check.gaveUp ? 'the value takes too long, or nests too deeply, to be checked' : misfit;
}

const CHECKED = new Set(
  (
    'type enum const properties required additionalProperties patternProperties propertyNames minProperties maxProperties dependentRequired items prefixItems ' +
    'minItems maxItems uniqueItems contains minContains maxContains minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern ' +
    'allOf anyOf oneOf not if then else $ref $defs definitions'
  ).split(' '),
);

const SAID = new Set(
  '$schema $id $comment $anchor title description default examples example deprecated readOnly writeOnly format contentEncoding contentMediaType'.split(
    ' ',
  ),
);

const HOLD_SCHEMA = new Set([
  'additionalProperties',
  'propertyNames',
  'items',
  'contains',
  'not',
  'if',
  'then',
  'else',
]);
const HOLD_LIST = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const HOLD_MAP = new Set(['properties', 'patternProperties', '$defs', 'definitions']);

/** A keyword, reference or pattern of the schema that is not understood, so that no value can be checked by it. */
export function findUnknownKeyword(schema: Json): string | undefined {
  return findIn(schema, schema, 0);
}

function findIn(schema: Json, root: Json, depth: number): string | undefined {
  if (typeof schema === 'boolean') return undefined;
  if (!isJsonObject(schema)) return 'something other than a schema';
  if (depth > MAX_DEPTH) return 'schemas that nest too deeply';
  for (const [keyword, value] of Object.entries(schema)) {
    const problem = findInKeyword(keyword, value, root, depth);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function findInKeyword(keyword: string, value: Json, root: Json, depth: number): string | undefined {
  if (keyword === '$ref') {
    const target = typeof value === 'string' ? resolve(root, value) : undefined;
    return target === undefined ? 'a reference that leads out of it, or nowhere' : undefined;
  }
  if (keyword === 'pattern') return findInPattern(value);
  const inner =
    HOLD_SCHEMA.has(keyword) || HOLD_LIST.has(keyword)
      ? [value].flat()
      : HOLD_MAP.has(keyword) && isJsonObject(value)
        ? Object.values(value)
        : undefined;
  if (inner !== undefined) {
    for (const part of inner) {
      const problem = findIn(part as Json, root, depth + 1);
      if (problem !== undefined) return problem;
    }
    if (keyword !== 'patternProperties' || !isJsonObject(value)) return undefined;
    return Object.keys(value)
      .map(findInPattern)
      .find((problem) => problem !== undefined);
  }
  return CHECKED.has(keyword) || SAID.has(keyword) || keyword.startsWith('x-')
    ? undefined
    : `\`${keyword.slice(0, 40)}\``;
}

function findInPattern(pattern: Json): string | undefined {
  try {
    RE2JS.compile(String(pattern));
    return undefined;
  } catch {
    return 'a pattern that RE2 does not know';
  }
}

/** What a reference within the document leads to. */
function resolve(root: Json, reference: string): Json | undefined {
  if (!reference.startsWith('#')) return undefined;
  let current: Json | undefined = root;
  for (const part of reference.slice(1).split('/').slice(1)) {
    const key = decode(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(current))
      current = /^\d+$/.test(key) ? (current as readonly Json[])[Number(key)] : undefined;
    else current = isJsonObject(current) && Object.hasOwn(current, key) ? current[key] : undefined;
  }
  return reference === '#' || reference.startsWith('#/') ? current : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

class Check {
  /** From then on answers mean nothing. */
  gaveUp = false;
  private asked = 0;

  constructor(private readonly root: JsonObject) {}

  explain(schema: Json, value: Json, path: string, depth: number): string | undefined {
    if (schema === true || schema === undefined) return undefined;
    const at = path === '' ? 'the value' : `\`${path.slice(1)}\``;
    if (schema === false) return `${at} is not allowed`;
    if (!isJsonObject(schema)) return undefined;
    if (depth > MAX_DEPTH || ++this.asked > MAX_ASKED) this.gaveUp = true;
    if (this.gaveUp) return at;
    const { type } = schema;
    if (type !== undefined && ![type].flat().some((name) => isOfType(value, String(name))))
      return `${at} must be ${[type].flat().join(' or ')}`;
    if (
      Array.isArray(schema['enum']) &&
      !(schema['enum'] as readonly Json[]).some((one) => equal(one, value))
    )
      return `${at} must be one of ${JSON.stringify(schema['enum']).slice(0, 200)}`;
    if (schema['const'] !== undefined && !equal(schema['const'], value))
      return `${at} must be ${JSON.stringify(schema['const']).slice(0, 200)}`;
    const own =
      typeof value === 'number'
        ? explainNumber(schema, value)
        : typeof value === 'string'
          ? explainText(schema, value)
          : undefined;
    if (own !== undefined) return `${at} ${own}`;
    return (
      (Array.isArray(value) ? this.explainList(schema, value as readonly Json[], path, depth) : undefined) ??
      (isJsonObject(value) ? this.explainMap(schema, value, path, depth) : undefined) ??
      this.explainChoices(schema, value, path, depth)
    );
  }

  private fits(schema: Json, value: Json, depth: number): boolean {
    return this.explain(schema, value, '', depth + 1) === undefined;
  }

  private explainChoices(schema: JsonObject, value: Json, path: string, depth: number): string | undefined {
    const at = path === '' ? 'the value' : `\`${path.slice(1)}\``;
    const reference = schema['$ref'];
    if (typeof reference === 'string') {
      const misfit = this.explain(resolve(this.root, reference) ?? true, value, path, depth + 1);
      if (misfit !== undefined) return misfit;
    }
    for (const part of listOf(schema['allOf'])) {
      const misfit = this.explain(part, value, path, depth + 1);
      if (misfit !== undefined) return misfit;
    }
    if (
      schema['anyOf'] !== undefined &&
      !listOf(schema['anyOf']).some((part) => this.fits(part, value, depth))
    )
      return `${at} fits none of the schemas in \`anyOf\``;
    if (schema['oneOf'] !== undefined) {
      const count = listOf(schema['oneOf']).filter((part) => this.fits(part, value, depth)).length;
      if (count !== 1) return `${at} fits ${count} of the schemas in \`oneOf\``;
    }
    if (schema['not'] !== undefined && this.fits(schema['not'], value, depth))
      return `${at} fits the schema in \`not\``;
    if (schema['if'] === undefined) return undefined;
    const branch = this.fits(schema['if'], value, depth) ? schema['then'] : schema['else'];
    return branch === undefined ? undefined : this.explain(branch, value, path, depth + 1);
  }

  private explainList(
    schema: JsonObject,
    list: readonly Json[],
    path: string,
    depth: number,
  ): string | undefined {
    const at = path === '' ? 'the value' : `\`${path.slice(1)}\``;
    const outside = explainCount(schema, list.length, 'Items', 'elements');
    if (outside !== undefined) return `${at} ${outside}`;
    if (
      schema['uniqueItems'] === true &&
      new Set(list.map((item) => JSON.stringify(sorted(item)))).size !== list.length
    )
      return `${at} must not have equal elements`;
    const first = listOf(schema['prefixItems']);
    for (const [index, item] of list.entries()) {
      const part = first[index] ?? schema['items'];
      const misfit = part === undefined ? undefined : this.explain(part, item, `${path}.${index}`, depth + 1);
      if (misfit !== undefined) return misfit;
    }
    if (schema['contains'] === undefined) return undefined;
    const count = list.filter((item) => this.fits(schema['contains']!, item, depth)).length;
    const least = typeof schema['minContains'] === 'number' ? schema['minContains'] : 1;
    const most = typeof schema['maxContains'] === 'number' ? schema['maxContains'] : Infinity;
    return count < least || count > most ? `${at} holds ${count} elements that fit \`contains\`` : undefined;
  }

  private explainMap(schema: JsonObject, map: JsonObject, path: string, depth: number): string | undefined {
    const at = path === '' ? 'the value' : `\`${path.slice(1)}\``;
    for (const name of listOf(schema['required']))
      if (!Object.hasOwn(map, String(name))) return `${at} must have \`${String(name)}\``;
    const outside = explainCount(schema, Object.keys(map).length, 'Properties', 'members');
    if (outside !== undefined) return `${at} ${outside}`;
    const dependent = schema['dependentRequired'];
    for (const [name, needed] of isJsonObject(dependent) ? Object.entries(dependent) : [])
      for (const other of Object.hasOwn(map, name) ? listOf(needed) : [])
        if (!Object.hasOwn(map, String(other)))
          return `${at} must have \`${String(other)}\`, as it has \`${name}\``;
    const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
    const patterns = isJsonObject(schema['patternProperties'])
      ? Object.entries(schema['patternProperties'])
      : [];
    for (const [key, member] of Object.entries(map)) {
      const parts = [
        ...(Object.hasOwn(properties, key) ? [properties[key]!] : []),
        ...patterns.filter(([pattern]) => matches(pattern, key)).map(([, part]) => part),
      ];
      if (parts.length === 0 && schema['additionalProperties'] !== undefined)
        parts.push(schema['additionalProperties']);
      for (const part of parts) {
        const misfit = this.explain(part, member, `${path}.${key}`, depth + 1);
        if (misfit !== undefined) return misfit;
      }
      if (schema['propertyNames'] !== undefined && !this.fits(schema['propertyNames'], key, depth))
        return `${at} may not have a member named \`${key.slice(0, 80)}\``;
    }
    return undefined;
  }
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function isOfType(value: Json, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isJsonObject(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

function explainNumber(schema: JsonObject, value: number): string | undefined {
  const limit = (key: string) => (typeof schema[key] === 'number' ? schema[key] : undefined);
  const [least, most] = [limit('minimum'), limit('maximum')];
  const [above, below] = [limit('exclusiveMinimum'), limit('exclusiveMaximum')];
  const step = limit('multipleOf');
  if (least !== undefined && value < least) return `must be at least ${least}`;
  if (most !== undefined && value > most) return `must be at most ${most}`;
  if (above !== undefined && value <= above) return `must be more than ${above}`;
  if (below !== undefined && value >= below) return `must be less than ${below}`;
  if (step !== undefined && Math.abs(value / step - Math.round(value / step)) > 1e-9)
    return `must be a multiple of ${step}`;
  return undefined;
}

function explainText(schema: JsonObject, value: string): string | undefined {
  const outside = explainCount(schema, [...value].length, 'Length', 'characters');
  if (outside !== undefined) return outside;
  const { pattern } = schema;
  return typeof pattern === 'string' && !matches(pattern, value)
    ? `must match ${pattern.slice(0, 100)}`
    : undefined;
}

function explainCount(schema: JsonObject, count: number, of: string, what: string): string | undefined {
  const least = schema[`min${of}`];
  const most = schema[`max${of}`];
  if (typeof least === 'number' && count < least) return `must have at least ${least} ${what}`;
  return typeof most === 'number' && count > most ? `must have at most ${most} ${what}` : undefined;
}

function matches(pattern: string, text: string): boolean {
  try {
    return RE2JS.compile(pattern).matcher(text).find();
  } catch {
    return false;
  }
}

function equal(a: Json, b: Json): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(sorted);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key]!)]),
  );
}
