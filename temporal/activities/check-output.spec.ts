import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '#domain/json.js';
import { checkOutput } from './check-output.js';

const SCHEMA = {
  type: 'object',
  required: ['version'],
  properties: { version: { type: 'string' }, hosts: { type: 'array', items: { enum: ['a', 'b'] } } },
} as const;

describe('checkOutput', () => {
  it('accepts what fits', () => {
    expect(() => checkOutput(SCHEMA, { version: '1', hosts: ['a'], more: null })).not.toThrow();
  });

  it.each([
    [{}, 'output must have the key "version"'],
    [{ version: 1 }, 'output.version must be string'],
    [{ version: '1', hosts: ['a', 'c'] }, 'output.hosts[1] must be one of ["a","b"]'],
    [null, 'output must be object'],
  ] as [Json, string][])('says of %j what is wrong', (output, message) => {
    expect(() => checkOutput(SCHEMA, output)).toThrow(
      expect.objectContaining({
        code: 'output-invalid',
        details: { class: 'configuration', retryable: false },
        message: expect.stringContaining(message),
      }),
    );
  });

  it('bounds what it says', () => {
    const names = Array.from({ length: 500 }, (_, index) => `${'x'.repeat(1_000)}${index}`);
    const schema: JsonObject = { type: 'object', required: names, properties: {} };
    for (const name of names) Object.assign(schema['properties'] as object, { [name]: {} });
    const thrown = catchError(() => checkOutput(schema, {}));
    expect(thrown.message).toMatch(/and 495 more/);
    expect(thrown.message.length).toBeLessThan(2_000);
  });

  it('refuses a schema that is none', () => {
    expect(catchError(() => checkOutput({ type: 'strnig' }, {})).message).toMatch(
      /schema in `output` is not/,
    );
  });

  it('tells schemas apart by their meaning, however many come', () => {
    for (let index = 0; index < 3_000; index++)
      checkOutput({ const: index, title: 'x'.repeat(1_000) }, index);
    checkOutput({ type: 'string', minLength: 1 }, 'a');
    expect(catchError(() => checkOutput({ minLength: 1, type: 'string' }, '')).message).toContain('1 char');
  });
});

function catchError(work: () => void): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
