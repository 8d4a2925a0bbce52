import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../json.js';
import { compareSchemas, type SchemaChange } from './compare-schemas.js';

describe('compareSchemas', () => {
  it.each<[JsonObject, JsonObject, SchemaChange, SchemaChange]>([
    [{ type: 'string' }, { type: 'string', description: 'x', default: 'y' }, 'same', 'same'],
    [{ type: 'string' }, { type: ['string', 'null'] }, 'wider', 'narrower'],
    [{ type: 'string' }, { type: ['string'] }, 'same', 'same'],
    [{ type: 'integer' }, { type: 'number' }, 'wider', 'narrower'],
    [{ type: 'string' }, {}, 'wider', 'narrower'],
    [{ enum: ['a'] }, { enum: ['b', 'a'] }, 'wider', 'narrower'],
    [{ enum: ['a'] }, { enum: ['b'] }, 'narrower', 'narrower'],
    [{ minLength: 3 }, { minLength: 2 }, 'wider', 'narrower'],
    [{ maximum: 3 }, { maximum: 4 }, 'wider', 'narrower'],
    [{ pattern: 'a' }, { pattern: 'b' }, 'narrower', 'narrower'],
    [{ pattern: 'a' }, {}, 'wider', 'narrower'],
    [{ required: ['a', 'b'] }, { required: ['b'] }, 'wider', 'narrower'],
    [{ required: ['a', 'b'] }, { required: ['b', 'a'] }, 'same', 'same'],
    [{ required: ['a'] }, {}, 'wider', 'narrower'],
    [
      { properties: { a: { type: 'string' } } },
      { properties: { a: { type: 'string' }, b: {} } },
      'wider',
      'narrower',
    ],
    [{ properties: { a: { enum: [1] } } }, { properties: { a: { enum: [1, 2] } } }, 'wider', 'narrower'],
    [{ items: { type: 'string' } }, { items: {} }, 'wider', 'narrower'],
    [{ additionalProperties: false }, {}, 'wider', 'narrower'],
    [{ additionalProperties: false }, { additionalProperties: { type: 'string' } }, 'wider', 'narrower'],
    [{ type: 'string', minLength: 1 }, { type: 'string', maxLength: 5 }, 'narrower', 'narrower'],
    [{ minimum: 'x' } as JsonObject, { minimum: 1 }, 'narrower', 'narrower'],
    [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/b' }, 'narrower', 'narrower'],
  ])('%j to %j is %s, and back it is %s', (a, b, there, back) => {
    expect([compareSchemas(a, b), compareSchemas(b, a)]).toEqual([there, back]);
  });

  it('looks only so deep', () => {
    const nest = (depth: number, innermost: JsonObject): JsonObject =>
      depth === 0 ? innermost : { items: nest(depth - 1, innermost) };
    expect(compareSchemas(nest(40, { minimum: 2 }), nest(40, { minimum: 1 }))).toBe('narrower');
    expect(compareSchemas(nest(30, { minimum: 2 }), nest(30, { minimum: 1 }))).toBe('wider');
  });
});
