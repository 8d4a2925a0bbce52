import { describe, expect, it } from '@jest/globals';
import { readTemplate } from './read-template.js';

const step = (
  line: string,
  variables = '{ v: { type: string }, b: { type: boolean }, l: { type: array }, m: { type: object } }',
) =>
  `template: 1\nname: t\nvariables: ${variables}\ndefinition: { stages: { s: { steps: { a: ${line} } } } }\n`;

const codes = (text: string) => readTemplate(text).findings.map(({ code, line }) => `${code} ${line}`);

describe('readTemplate', () => {
  it.each([
    ['nothing', '', ['template-not-a-map 1']],
    ['a list', '- a', ['template-not-a-map 1']],
    ['broken YAML', 'a: [', ['yaml-syntax 1']],
    [
      'a definition',
      'sluice: 1\nname: x\nstages: {}\n',
      ['key-unknown 1', 'key-missing 1', 'key-missing 1', 'key-unknown 3'],
    ],
    ['another version', 'template: 2\nname: t\ndefinition: {}\n', ['template-version-unsupported 1']],
    ['a name that is none', 'template: 1\nname: My Template\ndefinition: {}\n', ['id-invalid 2']],
    ['a variable without a type', step('1', '{ v: {} }'), ['template-variable-type 3']],
    ['a variable of two types', step('1', '{ v: { type: [string, number] } }'), ['template-variable-type 3']],
    [
      'a default that does not fit',
      step('1', '{ v: { type: string, default: 1 } }'),
      ['input-default-invalid 3'],
    ],
    ['a variable named oddly', step('1', '{ "a b": { type: string } }'), ['identifier-invalid 3']],
    [
      'a schema that leads elsewhere',
      step('1', '{ v: { type: string, $ref: "http://x" } }'),
      ['input-schema-reference 3'],
    ],
    ['an unknown variable', step('"$[[ w ]]"'), ['template-variable-unknown 4']],
    ['an unknown variable in a key', step('{ "x-$[[ w ]]": 1 }'), ['template-variable-unknown 4']],
    ['no end', step('"$[[ v"'), ['template-placeholder-invalid 4']],
    ['a program', step('"$[[ v + 1 ]]"'), ['template-placeholder-invalid 4']],
    ['a directive as a value', step('"$[[ if b ]]"'), ['template-placeholder-invalid 4']],
    ['a directive over no map', step('{ "$[[ if b ]]": 1 }'), ['template-placeholder-invalid 4']],
    ['a directive over no list', step('[{ "$[[ if b ]]": 1 }]'), ['template-placeholder-invalid 4']],
    [
      'a description of a novel',
      `template: 1\nname: t\ndescription: ${'x'.repeat(5_000)}\ndefinition: {}\n`,
      ['value-out-of-range 3'],
    ],
    ['if over a text', step('{ "$[[ if v ]]": {} }'), ['template-variable-type 4']],
    ['each over a text', step('{ "$[[ each x in v ]]": {} }'), ['template-variable-type 4']],
    ['a list within a text', step('"a $[[ l ]]"'), ['template-variable-type 4']],
    ['a map in the language', step('"$[[ m ]]"'), ['template-variable-type 4']],
    [
      'a variable in an expression',
      step('{ set: { a: "${{ inputs.x + $[[ v ]] }}" } }'),
      ['template-variable-in-expression 4'],
    ],
    ['a variable in a condition', step('{ if: "$[[ v ]]" }'), ['template-variable-in-expression 4']],
    [
      'a variable in a loop',
      step('{ loop: { until: "x == $[[ v ]]" } }'),
      ['template-variable-in-expression 4'],
    ],
    [
      'an item out of its scope',
      step('{ "$[[ each x in l ]]": {}, y: "$[[ x ]]" }'),
      ['template-variable-unknown 4'],
    ],
  ])('refuses %s', (_, text, expected) => {
    expect(codes(text)).toEqual(expected);
  });

  it.each([
    ['a moment that a wait ends at', step('{ wait: { until: "$[[ v ]]" } }')],
    ['a map within data', step('{ with: { all: "$[[ m ]]" } }')],
    ['an item of a list', step('{ "$[[ each x in l ]]": { "k-$[[ x ]]": "$[[ x ]]" } }')],
    ['an escape', step('"$$[[ w ]]"')],
  ])('takes %s', (_, text) => {
    expect(codes(text)).toEqual([]);
  });

  it('stops at 256 KiB, at 100 variables, and at 20 tags', () => {
    expect(codes(`# ${'x'.repeat(1 << 18)}\n`)).toEqual(['template-too-large 1']);
    const many = Array.from({ length: 101 }, (_, index) => `v${index}: { type: string }`).join(', ');
    expect(codes(step('1', `{ ${many} }`))).toEqual(['value-out-of-range 3']);
    const tags = Array.from({ length: 21 }, (_, index) => `t${index}`).join(', ');
    expect(codes(`template: 1\nname: t\ntags: [${tags}, "A B"]\ndefinition: {}\n`)).toEqual([
      'value-out-of-range 3',
      'value-not-allowed 3',
    ]);
  });
});
