import type { JsonObject } from '../json.js';

/** A definition with places for variables, as data: nothing of it runs before it is instantiated. */
export interface Template {
  readonly name: string;
  readonly description?: string;
  readonly tags: readonly string[];
  /** JSON Schema (2020-12) per variable, of one `type` each; one without `default` is required. */
  readonly variables: Readonly<Record<string, JsonObject>>;
  /** As written. */
  readonly source: string;
}

/** `any`: an item of a list whose schema does not say. */
export type VariableType = 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object' | 'any';

export const VARIABLE_TYPES: readonly VariableType[] = [
  'string',
  'number',
  'integer',
  'boolean',
  'array',
  'object',
];

/** What a schema says of its values. */
export function typeOf(schema: JsonObject | undefined): VariableType {
  return VARIABLE_TYPES.find((type) => type === schema?.['type']) ?? 'any';
}
