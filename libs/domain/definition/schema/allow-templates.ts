import type { Json, JsonObject } from '../../json.js';
import { part } from './parts.js';

/** Keywords whose verdict a template may turn; they are left to `validate`, which knows where templates stand. */
const UNDECIDED: ReadonlySet<string> = new Set([
  'not',
  'if',
  'then',
  'else',
  'contains',
  'minContains',
  'maxContains',
  'uniqueItems',
  'dependentSchemas',
  'unevaluatedItems',
  'unevaluatedProperties',
]);

const NAMED: ReadonlySet<string> = new Set(['properties', 'patternProperties']);

const LISTED: ReadonlySet<string> = new Set(['anyOf', 'allOf', 'oneOf', 'prefixItems']);

const ONE: ReadonlySet<string> = new Set(['items', 'additionalProperties']);

/** What people and editors read; it stays at the top of a value. */
const ANNOTATIONS: ReadonlySet<string> = new Set(['title', 'description', 'default', 'examples']);

/**
 * The schema of an action's `with` as it is written: wherever a value may stand, a text with expressions may. Takes
 * whatever `validate` takes, and may take more. A schema that refers to parts of itself is taken as any map.
 */
export function allowTemplates(schema: JsonObject): JsonObject {
  return JSON.stringify(schema).includes('"$ref"') ? { type: 'object' } : loosen(schema);
}

function loosen(schema: JsonObject): JsonObject {
  const members = Object.entries(schema)
    .filter(([keyword]) => !UNDECIDED.has(keyword))
    .map(([keyword, value]) => {
      // Of two that exclude each other, both may take a template.
      if (LISTED.has(keyword))
        return [keyword === 'oneOf' ? 'anyOf' : keyword, (value as Json[]).map(orTemplate)];
      if (NAMED.has(keyword)) {
        const named = Object.entries(value as JsonObject).map(([name, inner]) => [name, orTemplate(inner)]);
        return [keyword, Object.fromEntries(named)];
      }
      return [keyword, ONE.has(keyword) ? orTemplate(value) : value];
    });
  return Object.fromEntries(members) as JsonObject;
}

function orTemplate(schema: Json): Json {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return schema;
  const loose = Object.entries(loosen(schema as JsonObject));
  const rules = loose.filter(([keyword]) => !ANNOTATIONS.has(keyword));
  const onlyText = rules.length === 0 || (rules.length === 1 && rules[0]![1] === 'string');
  if (onlyText) return Object.fromEntries(loose);
  const told = loose.filter(([keyword]) => ANNOTATIONS.has(keyword));
  return { ...Object.fromEntries(told), anyOf: [Object.fromEntries(rules), part('template')] };
}
