import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '../json.js';
import { checkInputs } from './check-inputs.js';

const SCHEMAS: Record<string, JsonObject> = {
  service: { type: 'string', pattern: '^[a-z][a-z0-9-]+$' },
  regions: { type: 'array', items: { type: 'string' }, default: ['eu', 'us'] },
  replicas: { type: 'integer', minimum: 1, default: 2 },
};

describe('checkInputs', () => {
  it('fills in defaults and keeps what was given', () => {
    expect(checkInputs(SCHEMAS, { service: 'shop', replicas: 3 })).toEqual({
      inputs: { service: 'shop', regions: ['eu', 'us'], replicas: 3 },
    });
  });

  it.each<[string, JsonObject, string, RegExp]>([
    ['a missing one', {}, 'inputs.service', /required/],
    ['another type', { service: 1 }, 'inputs.service', /string/],
    ['a pattern', { service: 'Shop!' }, 'inputs.service', /pattern/],
    ['an item', { service: 'shop', regions: ['eu', 2] }, 'inputs.regions[1]', /string/],
    ['an unknown one', { service: 'shop', region: 'eu' }, 'inputs.region', /Did you mean "regions"/],
    ['a fraction', { service: 'shop', replicas: 1.5 }, 'inputs.replicas', /integer/],
    ['null', { service: null }, 'inputs.service', /string/],
    [
      '__proto__',
      JSON.parse('{"service":"shop","__proto__":{"replicas":9}}'),
      'inputs.__proto__',
      /no input/,
    ],
    ['constructor', { service: 'shop', constructor: 1 }, 'inputs.constructor', /no input/],
  ])('refuses %s', (_, given, path, message) => {
    expect(checkInputs(SCHEMAS, given)).toEqual({
      errors: [{ path, message: expect.stringMatching(message) }],
    });
  });

  it('reports everything at once', () => {
    expect(checkInputs(SCHEMAS, { service: 1, regions: 'eu', replicas: 0, more: 1 }).errors).toHaveLength(4);
  });

  it('takes an input named like a property of every object', () => {
    const schemas = { constructor: { type: 'string' }, toString: { type: 'string' } };
    expect(checkInputs(schemas, { constructor: 'a' })).toEqual({
      errors: [{ path: 'inputs.toString', message: 'is required.' }],
    });
  });

  it('asserts formats and does not share defaults between runs', () => {
    expect(checkInputs({ at: { type: 'string', format: 'date' } }, { at: 'tomorrow' }).errors).toHaveLength(
      1,
    );
    const schemas = { list: { default: [[1]] } };
    const first = checkInputs(schemas, {});
    (first as { inputs: { list: number[][] } }).inputs.list[0]!.push(2);
    expect(checkInputs(schemas, {})).toEqual({ inputs: { list: [[1]] } });
  });

  it('matches a pattern that would take a backtracking engine for ever', () => {
    const schemas = { text: { type: 'string', pattern: '^(a+)+$' } };
    expect(checkInputs(schemas, { text: `${'a'.repeat(50_000)}!` }).errors).toHaveLength(1);
  });

  it.each([
    ['a reference to nowhere', { $ref: 'https://example.org/nothing' }],
    ['an unknown type', { type: 'elephant' }],
    ['a pattern that linear time cannot do', { type: 'string', pattern: '(?=x)' }],
  ])('says that a schema cannot be used: %s', (_, schema) => {
    expect(checkInputs({ x: schema }, { x: 'x' }).errors).toEqual([
      { path: 'inputs.x', message: expect.stringContaining('schema is not valid') },
    ]);
  });

  it('reads patterns as they were read when the definition was saved', () => {
    const schemas = { text: { type: 'string', pattern: '^(?<letter>\\u0041)\\/$' } };
    expect(checkInputs(schemas, { text: 'A/' })).toEqual({ inputs: { text: 'A/' } });
  });

  describe('takes no longer and no more memory than it has', () => {
    const wrong = { allOf: Array.from({ length: 200 }, () => ({ type: 'string' })) };
    const list = (length: number): Json[] => Array.from({ length }, (_, n) => n);

    it.each<[string, JsonObject, Json, RegExp]>([
      ['many mistakes: the first is told', { items: wrong }, list(100_000), /^must be string\.$/],
      [
        'many mistakes in alternatives',
        { contains: { anyOf: wrong.allOf } },
        list(100_000),
        /^takes too long to check/,
      ],
      [
        'a pattern that has no short cut',
        { items: { type: 'string', pattern: '([ab]?){300}[cd]' } },
        ['ab'.repeat(100_000)],
        /^takes too long to check/,
      ],
      ['equal items', { uniqueItems: true }, [...list(100_000).map((n) => [n]), [0]], /equal items/],
    ])('%s', (_, schema, value, message) => {
      const { errors } = checkInputs({ x: schema }, { x: value });
      expect(errors).toEqual([{ path: expect.any(String), message: expect.stringMatching(message) }]);
    });

    it('takes what fits one of several alternatives, however much is wrong by the others', () => {
      const value = list(10_000);
      const schema = { anyOf: [{ items: { type: 'string' } }, { items: { type: 'number' } }] };
      expect(checkInputs({ x: schema }, { x: value })).toEqual({ inputs: { x: value } });
    });

    it('takes keys that look like the code of the check', () => {
      const schema = { properties: { 'errors++;': { const: 1 }, '"errors++': { const: 1 } } };
      expect(checkInputs({ x: schema }, { x: { 'errors++;': 1, '"errors++': 1 } })).toHaveProperty('inputs');
      expect(checkInputs({ x: schema }, { x: { 'errors++;': 2, '"errors++': 2 } }).errors).toHaveLength(2);
    });
  });
});

it('thousands of schemas are checked, each by its own', () => {
  for (let least = 0; least < 1_200; least++) {
    const schemas = { n: { type: 'integer', minimum: least } };
    expect(checkInputs(schemas, { n: least })).toEqual({ inputs: { n: least } });
    expect(checkInputs(schemas, { n: least - 1 }).errors).toHaveLength(1);
  }
});

it.each(['100%', '%zz', 'a/b', 'a~b', 'ä %25'])(
  'a member called %s is named where it does not fit',
  (name) => {
    const schemas = { map: { type: 'object', properties: { [name]: { type: 'string' } } } };
    const { errors } = checkInputs(schemas, { map: { [name]: 1 } });
    expect(errors).toEqual([
      { path: expect.stringContaining(name), message: expect.stringMatching(/string/) },
    ]);
  },
);
