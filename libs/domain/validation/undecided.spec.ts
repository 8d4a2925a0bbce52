import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '../json.js';
import { createSchemaCompiler } from './json-schema.js';
import { dropUndecided } from './undecided.js';

function problemsOf(schema: JsonObject, value: Json): string[] {
  const compiled = createSchemaCompiler()(schema);
  if (!compiled.ok) throw new Error(compiled.problems[0]?.message);
  return dropUndecided(compiled.check(value), value).map(({ keyword, path }) =>
    `${keyword} ${path.join('/')}`.trimEnd(),
  );
}

const T = '${{ inputs.x }}';

describe('dropUndecided', () => {
  const byMode: JsonObject = {
    properties: { mode: { type: 'string' } },
    if: { properties: { mode: { const: 'deep' } }, required: ['mode'] },
    then: { required: ['depth'] },
    else: { required: ['reason'] },
  };

  it.each([
    ['a template of any type', { properties: { a: { type: 'integer' } } }, { a: T }],
    ['a text with a template in it', { properties: { a: { enum: ['x'] } } }, { a: `y${T}` }],
    ['an item', { items: { type: 'integer' } }, [T]],
    ['equal templates', { uniqueItems: true }, [T, T]],
    ['a list that may contain it', { contains: { const: 1 } }, [T]],
    ['a constant', { const: { a: 1 } }, { a: T }],
    [
      'alternatives inside which a template stands',
      { anyOf: [{ properties: { a: { const: 1 } } }, { properties: { a: { const: 2 } } }] },
      { a: T },
    ],
    ['a negation', { not: { required: ['a'] } }, { a: T }],
    ['a condition on a template', byMode, { mode: T }],
    ['a condition below', { properties: { x: byMode } }, { x: { mode: T } }],
    ['a condition behind a reference', { $ref: '#/$defs/m', $defs: { m: byMode } }, { mode: T }],
  ] as const)('leaves open: %s', (_, schema, value) => {
    expect(problemsOf(schema as JsonObject, value as Json)).toEqual([]);
  });

  it.each([
    ['a missing key beside a template', { required: ['a', 'b'] }, { a: T }, ['required']],
    [
      'a key too many that holds a template',
      { additionalProperties: false },
      { a: T },
      ['additionalProperties'],
    ],
    [
      'a wrong value beside a template',
      { properties: { a: { type: 'integer' } } },
      { a: 'x', b: T },
      ['type a'],
    ],
    [
      'a template where no text can lead to it',
      { properties: { a: { type: 'array' } } },
      { a: { b: T } },
      ['type a'],
    ],
    ['too few items', { minItems: 2 }, [T], ['minItems']],
    ['a condition on a value that is known', byMode, { mode: 'deep', x: 1 }, ['required', 'if']],
    [
      'a condition beside a template elsewhere',
      { properties: { x: byMode, y: {} } },
      { x: { mode: 'deep' }, y: T },
      ['required x', 'if x'],
    ],
    ['alternatives, as one', { anyOf: [{ type: 'integer' }, { type: 'null' }] }, 'x', ['anyOf']],
  ] as const)('decides: %s', (_, schema, value, problems) => {
    expect(problemsOf(schema as JsonObject, value as Json)).toEqual(problems);
  });

  it('tells what each alternative misses', () => {
    const compiled = createSchemaCompiler()({ anyOf: [{ type: 'integer' }, { type: 'null' }] });
    const [problem] = compiled.ok ? dropUndecided(compiled.check('x'), 'x') : [];
    expect(problem?.message).toBe('must be integer, or must be null');
  });
});
