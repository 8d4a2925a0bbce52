import type { Json } from '../json.js';
import type { SchemaProblem } from './json-schema.js';

/** Keywords whose verdict on a value may change with any value inside it. */
const DEPENDS_ON_CONTENT: ReadonlySet<string> = new Set([
  'anyOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'contains',
  'minContains',
  'maxContains',
  'uniqueItems',
  'const',
  'enum',
  'dependentSchemas',
  'unevaluatedProperties',
  'unevaluatedItems',
]);

/** Keywords of a schema under which the value at hand is judged on the condition of something else. */
const CONDITIONAL: ReadonlySet<string> = new Set([
  'anyOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'contains',
  'dependentSchemas',
]);

/** Keywords that hold schemas by name, each for the value itself or (`properties`) for the value under that name. */
const NAMED: ReadonlySet<string> = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs']);

const LISTED: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);

/** Keywords whose schema is for a part of the value. */
const DESCENDS: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'additionalProperties',
  'items',
  'prefixItems',
  'contains',
  'unevaluatedProperties',
  'unevaluatedItems',
]);

/**
 * Problems that stand whatever the templates in the value turn out to be at run time, and of alternatives
 * (`anyOf`, `oneOf`) only the one problem that none fits, with what each missed in its message.
 */
export function dropUndecided(problems: readonly SchemaProblem[], value: Json): SchemaProblem[] {
  const decided = problems.filter((problem) => !isUndecided(problem, value));
  const alternatives = decided.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  const isInside = (inner: SchemaProblem, outer: SchemaProblem) =>
    inner !== outer && outer.schemaPath.every((key, index) => inner.schemaPath[index] === key);
  return decided
    .filter((problem) => !alternatives.some((outer) => isInside(problem, outer)))
    .map((problem) => {
      const missed = decided.filter((inner) => alternatives.includes(problem) && isInside(inner, problem));
      const reasons = new Set(missed.map((inner) => inner.message));
      return reasons.size === 0 ? problem : { ...problem, message: [...reasons].join(', or ') };
    });
}

function isUndecided({ keyword, path, schemaPath }: SchemaProblem, value: Json): boolean {
  const target = valueAt(value, path);
  if (isTemplate(target)) return true;
  if (DEPENDS_ON_CONTENT.has(keyword) && holdsTemplate(target)) return true;
  return conditionsAbove(schemaPath, path.length).some((depth) =>
    holdsTemplate(valueAt(value, path.slice(0, depth))),
  );
}

/**
 * How deep in the value each condition stands on the way to the keyword. A path through `$ref` starts anew, which hides
 * the conditions before it: then the whole value counts as one.
 */
function conditionsAbove(schemaPath: readonly string[], length: number): number[] {
  const depths: number[] = [];
  let depth = 0;
  for (let at = 0; at < schemaPath.length - 1; at++) {
    const keyword = schemaPath[at]!;
    if (CONDITIONAL.has(keyword)) depths.push(depth);
    if (DESCENDS.has(keyword)) depth++;
    if (NAMED.has(keyword) || LISTED.has(keyword)) at++;
  }
  return schemaPath[0] === '$defs' ? [0] : depths.map((found) => Math.min(found, length));
}

function valueAt(value: Json, path: readonly string[]): Json | undefined {
  let at: Json | undefined = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as { readonly [key: string]: Json })[key];
  }
  return at;
}

function holdsTemplate(value: Json | undefined): boolean {
  if (typeof value !== 'object' || value === null) return isTemplate(value);
  return Object.values(value).some(holdsTemplate);
}

function isTemplate(value: Json | undefined): boolean {
  return typeof value === 'string' && value.includes('${{');
}
