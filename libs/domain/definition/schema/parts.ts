import type { Json, JsonObject } from '../../json.js';

/** Parts of the schema that many keys share, under `$defs`. */
export const SHARED_PARTS = {
  id: {
    type: 'string',
    description: 'Lower-case letters, digits and dashes, a letter first.',
    pattern: '^[a-z][a-z0-9-]*$',
    maxLength: 100,
  },
  identifier: {
    type: 'string',
    description: 'Letters, digits and underscores, no digit first.',
    pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
    maxLength: 100,
  },
  duration: {
    type: 'string',
    description: '`500ms`, `10s`, `5m`, `2h`, `1d`, or ISO 8601 such as `PT1H30M`; at most 366 days.',
    pattern:
      '^(\\d{1,15}(ms|s|m|h|d)|P(\\d{1,9}W|(\\d{1,9}D)?(T(\\d{1,9}H)?(\\d{1,9}M)?(\\d{1,12}([.,]\\d{1,9})?S)?)?))$',
    examples: ['30s', '5m', '2h'],
  },
  template: {
    type: 'string',
    description: 'A text with expressions in `${{ }}`.',
    pattern: '\\$\\{\\{',
    examples: ['${{ inputs.service }}'],
  },
  condition: {
    type: ['string', 'boolean'],
    description: 'A bare expression in CEL, true or false.',
    examples: ['inputs.deep && steps.test.output.exitCode == 0'],
  },
  list: {
    description: 'A list, or one expression that yields one.',
    anyOf: [{ type: 'array' }, { $ref: '#/$defs/template' }],
  },
  'json-schema': {
    type: 'object',
    description: 'JSON Schema (2020-12).',
    properties: {
      type: { description: 'string, number, integer, boolean, array, object or null; or a list of them.' },
      description: { type: 'string', description: 'What the value is for.' },
      default: { description: 'The value where none is given.' },
      enum: { type: 'array', description: 'The values that are allowed.' },
      pattern: { type: 'string', description: 'A regular expression (RE2).' },
    },
    examples: [{ type: 'string', default: 'main' }],
  },
  'json-schemas': {
    type: 'object',
    propertyNames: { $ref: '#/$defs/identifier' },
    additionalProperties: { $ref: '#/$defs/json-schema' },
  },
} as const satisfies Record<string, JsonObject>;

type Part = keyof typeof SHARED_PARTS | 'step' | 'steps' | 'retry' | 'secrets' | 'actionUse';

/** A part, with what it means where it stands. */
export function part(name: Part, description?: string, more: JsonObject = {}): JsonObject {
  return { ...(description === undefined ? {} : { description }), ...more, $ref: `#/$defs/${name}` };
}

/** A map of these keys and no other. */
export function mapOf(
  properties: Readonly<Record<string, Json>>,
  { required = [], ...more }: { readonly required?: readonly string[]; readonly [key: string]: Json } = {},
): JsonObject {
  return {
    type: 'object',
    ...more,
    properties,
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

export function text(description: string, more: JsonObject = {}): JsonObject {
  return { type: 'string', description, ...more };
}

/** A name of something outside the definition; it may hold expressions. */
export function nameText(description: string): JsonObject {
  return text(description, { pattern: '\\S' });
}

export function wholeNumber(description: string, minimum: number, maximum: number): JsonObject {
  return { type: 'integer', description, minimum, maximum };
}

export function choice(description: string, values: readonly string[], fallback: string): JsonObject {
  return { description, enum: values, default: fallback };
}
