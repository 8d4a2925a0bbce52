import { describe, expect, it } from '@jest/globals';
import { findingsOf, withInputs } from './testing/definitions.js';

describe('inputs', () => {
  it.each([
    [
      'names',
      withInputs('a-b: { type: string }', '1a: { type: string }'),
      ['identifier-invalid 4:3 inputs.a-b', 'identifier-invalid 5:3 inputs["1a"]'],
    ],
    ['what is no schema', withInputs('a: string'), ['type-mismatch 4:6 inputs.a']],
    ['an unknown type', withInputs('a: { type: strin }'), ['input-schema-invalid 4:14 inputs.a.type']],
    [
      'an unknown keyword',
      withInputs('a: { type: string, patern: x }'),
      ['input-schema-invalid 4:6 inputs.a'],
    ],
    [
      'an unknown format',
      withInputs('a: { type: string, format: nothing }'),
      ['input-schema-invalid 4:6 inputs.a'],
    ],
    [
      'a pattern that is none',
      withInputs('a: { type: string, pattern: "(" }'),
      ['input-schema-invalid 4:6 inputs.a'],
    ],
    [
      'a pattern that could take for ever',
      withInputs('a: { type: string, pattern: "(?=a)" }'),
      ['input-schema-invalid 4:6 inputs.a'],
    ],
    [
      'a pattern without measure',
      withInputs(`a: { type: string, pattern: "${'a'.repeat(1001)}" }`),
      ['input-schema-invalid 4:31 inputs.a.pattern'],
    ],
    [
      'references to elsewhere',
      withInputs('a: { $ref: "https://example.com/x" }', 'b: { $ref: "#/$defs/x" }', 'c: { $ref: "#x" }'),
      [
        'input-schema-reference 4:14 inputs.a.$ref',
        'input-schema-reference 5:14 inputs.b.$ref',
        'input-schema-reference 6:14 inputs.c.$ref',
      ],
    ],
    [
      'references in a circle',
      withInputs(
        'a: { properties: { b: { $ref: "#" } } }',
        'b: { $ref: "#/$defs/x", $defs: { x: { $ref: "#/$defs/x" } } }',
      ),
      [
        'input-schema-reference 4:33 inputs.a.properties.b.$ref',
        'input-schema-reference 5:47 inputs.b.$defs.x.$ref',
      ],
    ],
    [
      'identities and promises',
      withInputs('a: { $id: "https://example.com/a" }', 'b: { $async: true }'),
      ['input-schema-reference 4:8 inputs.a.$id', 'input-schema-reference 5:8 inputs.b.$async'],
    ],
    [
      'a default that does not fit',
      withInputs(
        'a: { type: integer, default: x }',
        'b: { type: array, items: { type: string }, default: [x, 1] }',
        'c: { type: string, format: email, default: x }',
        'd: { type: array, uniqueItems: true, default: [{ a: 1, b: 2 }, { b: 2, a: 1 }] }',
      ),
      [
        'input-default-invalid 4:32 inputs.a.default',
        'input-default-invalid 5:59 inputs.b.default[1]',
        'input-default-invalid 6:46 inputs.c.default',
        'input-default-invalid 7:49 inputs.d.default',
      ],
    ],
  ])('refuses %s', (_, text, findings) => {
    expect(findingsOf(text)).toEqual(findings);
  });

  it('takes local references, formats and names that look like keywords', () => {
    expect(
      findingsOf(
        withInputs(
          'a: { $ref: "#/$defs/x", $defs: { x: { type: string } }, default: a }',
          'b: { type: object, properties: { $ref: { type: string } }, default: { $ref: "https://x" } }',
          'c: { type: string, format: uri, default: "https://example.com" }',
          'd: { enum: [{ $id: x }], default: { $id: x } }',
        ),
      ),
    ).toEqual([]);
  });

  it('refuses schemas that grow without measure', () => {
    const doubling = Array.from({ length: 40 }, (_, n) => {
      const next = `{ $ref: "#/$defs/d${n + 1}" }`;
      return `d${n}: { allOf: [${next}, ${next}] }`;
    });
    const bomb = `a: { $ref: "#/$defs/d0", $defs: { ${doubling.join(', ')}, d40: { type: string } }, default: x }`;
    expect(findingsOf(withInputs(bomb))).toEqual(['inputs-too-complex 4:3 inputs.a']);
    const many = Array.from({ length: 501 }, (_, n) => `i${n}: { type: string }`);
    expect(findingsOf(withInputs(...many))).toEqual(['inputs-too-complex 504:3 inputs.i500']);
    expect(findingsOf(withInputs(...many.slice(1)))).toEqual([]);
  });

  it('refuses a default that would take long to check', () => {
    const patterns = Array.from({ length: 400 }, (_, n) => `"^(a+)+${n}$": true`).join(', ');
    const keys = Array.from({ length: 5_000 }, (_, n) => `aaa${n}: 1`).join(', ');
    const text = withInputs(`a: { type: object, patternProperties: { ${patterns} }, default: { ${keys} } }`);
    expect(findingsOf(text)).toEqual([expect.stringMatching(/^inputs-too-complex 4:\d+ inputs.a.default$/)]);
  });
});
