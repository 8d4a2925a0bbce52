import { describe, expect, it } from '@jest/globals';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { parse } from '#domain/definition/parse.js';
import type { Json } from '#domain/json.js';
import { instantiate } from '#domain/templates/instantiate.js';
import { proposeVariables } from '#domain/templates/propose-variables.js';
import { readTemplate } from '#domain/templates/read-template.js';
import { FINDING_CODES } from '#domain/validation/codes.js';
import { TEXT_CORPORA, TEXTS } from './corpora/definitions.js';

describe.each(Object.entries(TEXT_CORPORA))('%s', (_, texts) => {
  it.each(Object.entries(texts))('%s, as a template and in one', (__, text) => {
    for (const { code, line, column } of readTemplate(text).findings) {
      expect([Object.hasOwn(FINDING_CODES, code), line > 0, column > 0]).toEqual([true, true, true]);
    }
    const indented = text.replaceAll('\n', '\n  ');
    const { template } = readTemplate(`template: 1\nname: t\ndefinition:\n  ${indented}\n`);
    if (template !== undefined) expect(typeof instantiate(template, {}, ACTIONS).ok).toBe('boolean');
    const { tree } = parse(text);
    if (tree !== undefined) expect(proposeVariables(tree).length).toBeLessThanOrEqual(50);
  });
});

const ANY = readTemplate(`template: 1
name: t
variables: { v: { type: string } }
definition:
  sluice: 1
  name: x
  inputs: { i: { type: string, default: "$[[ v ]]" } }
  stages: { s: { steps: { a: { set: { whole: "$[[ v ]]", part: "<$[[ v ]]>\${{ run.id }}" } } } } }
`).template!;

it.each(Object.entries(TEXTS))('a value %s stays that value', (_, value) => {
  const made = instantiate(ANY, { v: value as Json }, ACTIONS);
  if (!made.ok) {
    expect(made.wrong === 'values' || made.findings.length > 0).toBe(true);
    return;
  }
  const { inputs } = made.reading.workflow!;
  expect(inputs['i']!['default']).toBe(value);
  const plan = JSON.stringify(made.reading.workflow!.compile());
  expect(plan.match(/"dialect"/g)).toHaveLength(1);
});
