import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '../json.js';
import { explainMisfit, findUnknownKeyword } from './value-schema.js';

/** A chain of `depth` lists, one in the other. */
function nest(depth: number): Json {
  let value: Json = 1;
  for (let at = 0; at < depth; at++) value = [value];
  return value;
}

describe('a value and its schema', () => {
  it.each<[string, JsonObject, Json, Json, RegExp]>([
    ['type', { type: 'string' }, 'a', 1, /the value must be string/],
    ['types', { type: ['string', 'null'] }, null, 1, /must be string or null/],
    ['type null', { type: 'null' }, null, 0, /must be null/],
    ['type array', { type: 'array' }, [], {}, /must be array/],
    ['type object', { type: 'object' }, {}, [], /must be object/],
    ['type integer', { type: 'integer' }, 2, 2.5, /must be integer/],
    ['type number', { type: 'number' }, 2.5, '2', /must be number/],
    ['type boolean', { type: 'boolean' }, false, 0, /must be boolean/],
    ['enum', { enum: [1, { a: [1], b: 2 }] }, { b: 2, a: [1] }, [1], /must be one of \[1,/],
    ['const', { const: { a: 1, b: null } }, { b: null, a: 1 }, { a: 1 }, /must be \{"a":1,"b":null\}/],
    ['minimum', { minimum: 2 }, 2, 1, /at least 2/],
    ['maximum', { maximum: 2 }, 2, 3, /at most 2/],
    ['exclusiveMinimum', { exclusiveMinimum: 2 }, 3, 2, /more than 2/],
    ['exclusiveMaximum', { exclusiveMaximum: 2 }, 1, 2, /less than 2/],
    ['multipleOf', { multipleOf: 0.1 }, 0.3, 0.25, /multiple of 0.1/],
    ['minLength, in characters', { minLength: 2 }, '🙂🙂', '🙂', /at least 2 characters/],
    ['maxLength, in characters', { maxLength: 1 }, '🙂', 'ab', /at most 1 characters/],
    ['pattern', { pattern: '^a+$' }, 'aa', 'b', /must match \^a\+\$/],
    ['a pattern that nothing can fit', { pattern: '(' }, 1, 'a', /must match/],
    ['minItems', { minItems: 1 }, [1], [], /at least 1 elements/],
    ['maxItems', { maxItems: 1 }, [1], [1, 2], /at most 1 elements/],
    [
      'uniqueItems',
      { uniqueItems: true },
      [{ a: 1 }],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      /equal elements/,
    ],
    ['items', { items: { type: 'integer' } }, [1, 2], [1, 'b'], /^`1` must be integer/],
    ['prefixItems', { prefixItems: [{ const: 1 }], items: false }, [1], [1, 2], /^`1` is not allowed/],
    ['elements beyond prefixItems', { prefixItems: [{ const: 1 }] }, [1, 'x'], [2], /^`0` must be 1/],
    ['contains', { contains: { const: 1 } }, [0, 1], [0], /holds 0 elements that fit/],
    ['minContains', { contains: { const: 1 }, minContains: 2 }, [1, 1], [1], /holds 1 elements/],
    ['maxContains', { contains: { const: 1 }, maxContains: 1 }, [1, 2], [1, 1], /holds 2 elements/],
    ['minContains 0', { contains: { const: 1 }, minContains: 0, maxContains: 0 }, [2], [1], /holds 1/],
    ['required', { required: ['a'] }, { a: null }, {}, /must have `a`/],
    ['required, of no own member', { required: ['toString'] }, { toString: 1 }, {}, /must have `toString`/],
    ['minProperties', { minProperties: 1 }, { a: 1 }, {}, /at least 1 members/],
    ['maxProperties', { maxProperties: 1 }, { a: 1 }, { a: 1, b: 2 }, /at most 1 members/],
    ['dependentRequired', { dependentRequired: { a: ['b'] } }, { b: 1 }, { a: 1 }, /`b`, as it has `a`/],
    ['properties', { properties: { a: { const: 1 } } }, { b: 2 }, { a: 2 }, /^`a` must be 1/],
    ['nested', { properties: { a: { items: { const: 1 } } } }, { a: [1] }, { a: [1, 2] }, /^`a.1` must be 1/],
    [
      'patternProperties',
      { patternProperties: { '^x': { const: 1 } } },
      { a: 2 },
      { xy: 2 },
      /^`xy` must be 1/,
    ],
    [
      'additionalProperties',
      { properties: { a: true }, patternProperties: { '^x': true }, additionalProperties: false },
      { a: 1, x1: 2 },
      { b: 1 },
      /^`b` is not allowed/,
    ],
    [
      'propertyNames',
      { propertyNames: { maxLength: 1 } },
      { a: 1 },
      { ab: 1 },
      /no?t have a member named `ab`/,
    ],
    ['allOf', { allOf: [{ minimum: 1 }, { maximum: 2 }] }, 2, 3, /at most 2/],
    ['anyOf', { anyOf: [{ const: 1 }, { const: 2 }] }, 2, 3, /none of the schemas in `anyOf`/],
    ['oneOf', { oneOf: [{ minimum: 1 }, { maximum: 2 }] }, 3, 2, /fits 2 of the schemas in `oneOf`/],
    ['not', { not: { type: 'string' } }, 1, 'a', /fits the schema in `not`/],
    ['if, then', { if: { minimum: 5 }, then: { maximum: 6 } }, 1, 7, /at most 6/],
    ['if, else', { if: { minimum: 5 }, else: { const: 1 } }, 7, 2, /must be 1/],
    ['false', { properties: { a: false } }, {}, { a: 1 }, /`a` is not allowed/],
    [
      '$ref',
      { $defs: { n: { type: 'integer' } }, items: { $ref: '#/$defs/n' } },
      [1],
      ['a'],
      /`0` must be int/,
    ],
    ['$ref through a list', { allOf: [{ maximum: 1 }], $ref: '#/allOf/0' }, 1, 2, /at most 1/],
    ['$ref, escaped', { $defs: { 'a/b~ c': { const: 1 } }, $ref: '#/$defs/a~1b~0%20c' }, 1, 2, /must be 1/],
    ['$ref to itself', { items: { $ref: '#' }, maxItems: 1 }, [[[]]], [[[], []]], /^`0` must have at most 1/],
    ['constraints of another type', { minLength: 3, minimum: 3, minItems: 3 }, true, 1, /at least 3/],
  ])('%s', (_, schema, fitting, other, said) => {
    expect(explainMisfit(schema, fitting)).toBeUndefined();
    expect(explainMisfit(schema, other)).toMatch(said);
  });

  it.each<[string, JsonObject, Json]>([
    ['a reference that leads nowhere', { $ref: '#/$defs/none' }, 1],
    ['a reference through a text', { title: 'x', $ref: '#/title/length' }, 1],
    ['a reference to no place of a list', { prefixItems: [false], $ref: '#/prefixItems/' }, 1],
    ['a reference that is no text of a URI', { $ref: '#/%' }, 1],
    ['a reference to an anchor', { $ref: '#name' }, 1],
    ['something other than a schema', { items: 'string' }, [1]],
    ['__proto__', JSON.parse('{"properties":{"__proto__":{"const":1}}}'), {}],
  ])('says nothing for %s', (_, schema, value) => {
    expect(explainMisfit(schema, value)).toBeUndefined();
  });

  it('holds own members only against a schema', () => {
    const schema = JSON.parse('{"properties":{"__proto__":{"const":1}},"additionalProperties":false}');
    expect(explainMisfit(schema, JSON.parse('{"__proto__":2}'))).toMatch(/must be 1/);
    expect(explainMisfit(schema, JSON.parse('{"__proto__":1}'))).toBeUndefined();
    expect(explainMisfit(schema, { constructor: 1 })).toMatch(/not allowed/);
  });

  it.each<[string, JsonObject, Json]>([
    ['nests too deeply', { items: { $ref: '#' } }, nest(500)],
    ['turns in a circle', { $ref: '#' }, 1],
    ['doubles at each level', { anyOf: [{ $ref: '#' }, { $ref: '#' }] }, 1],
    ['is denied what was not decided', { not: { $ref: '#' } }, 1],
  ])('is given up where it %s', (_, schema, value) => {
    expect(explainMisfit(schema, value)).toMatch(/takes too long, or nests too deeply/);
  });
});

describe('a schema that cannot be checked', () => {
  it.each<[string, Json, RegExp]>([
    ['a keyword', { unevaluatedItems: false }, /`unevaluatedItems`/],
    ['a keyword inside', { properties: { a: { items: { $dynamicRef: '#' } } } }, /`\$dynamicRef`/],
    ['a keyword in a list', { allOf: [true, { wrong: 1 }] }, /`wrong`/],
    ['something else', { items: 'string' }, /other than a schema/],
    ['null', null, /other than a schema/],
    ['a reference out of it', { $ref: 'https://example.com/schema' }, /leads out of it, or nowhere/],
    ['a reference to nothing', { $ref: '#/$defs/none' }, /leads out of it, or nowhere/],
    ['a reference that is no text', { $ref: 1 }, /leads out of it, or nowhere/],
    ['a pattern', { pattern: '(?<=a)b' }, /RE2 does not know/],
    ['a pattern of names', { patternProperties: { '(': true } }, /RE2 does not know/],
  ])('%s', (_, schema, said) => {
    expect(findUnknownKeyword(schema)).toMatch(said);
  });

  it('nests too deeply', () => {
    let schema: Json = true;
    for (let at = 0; at < 500; at++) schema = { not: schema };
    expect(findUnknownKeyword(schema)).toMatch(/too deeply/);
  });

  it.each<[string, Json]>([
    ['true', true],
    ['a reference', { $ref: '#/$defs/a', $defs: { a: { type: 'string' } } }],
    ['a reference to the whole', { items: { $ref: '#' } }],
    ['a pattern', { pattern: '^[a-z]+$', patternProperties: { '^x': { type: 'string' } } }],
    ['what only describes', { title: 'x', 'x-own': { anything: 1 }, examples: [1] }],
    ['members named as keywords', { properties: { unevaluatedItems: true } }],
  ])('is not one with %s', (_, schema) => {
    expect(findUnknownKeyword(schema)).toBeUndefined();
  });
});
