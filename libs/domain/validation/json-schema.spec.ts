import { describe, expect, it } from '@jest/globals';
import { createSchemaCompiler } from './json-schema.js';

describe('a problem of a value', () => {
  it.each(['a', 'a/b', '~', '~1', '%', '%ff', '%25', '#', 'a b', 'é', '🦊', ''])(
    'tells where it stands, in value and schema, below the key %j',
    (key) => {
      const compiled = createSchemaCompiler()({ properties: { [key]: { type: 'string' } } });
      expect(compiled.ok && compiled.check({ [key]: 1 })).toEqual([
        expect.objectContaining({ path: [key], schemaPath: ['properties', key, 'type'] }),
      ]);
    },
  );
});

it.each([
  ['a key with half a character', { properties: { '\ud800': { type: 'string' } } }],
  ['a reference that is no URI', { $ref: '#/$defs/%ff', $defs: { '%ff': { type: 'string' } } }],
])('a schema with %s is refused', (_, schema) => {
  expect(createSchemaCompiler()(schema)).toMatchObject({ ok: false, problems: [{ path: [] }] });
});
