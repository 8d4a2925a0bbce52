import { describe, expect, it } from '@jest/globals';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { compile } from '#domain/plan/compile.js';
import { FINDING_CODES } from '#domain/validation/codes.js';
import { readDefinition } from '#domain/validation/validate.js';
import { PLACE_NAMES, TEXT_CORPORA, TEXTS, writeAt } from './corpora/definitions.js';

/** More findings than a person reads, and fewer than an answer of the API should hold. */
const MAX_FINDINGS = 600;

/** Reads and, where nothing is wrong, compiles; says what was found. */
function read(text: string): readonly string[] {
  const { definition, findings } = readDefinition(text, ACTIONS);
  expect(definition === undefined).toBe(findings.length > 0);
  expect(findings.length).toBeLessThan(MAX_FINDINGS);
  for (const { code, line, column, message, hint } of findings) {
    if (!(Object.hasOwn(FINDING_CODES, code) && line >= 1 && column >= 1 && hint !== '')) {
      throw new Error(`not a finding: ${JSON.stringify({ code, line, column, message, hint })}`);
    }
    // A finding quotes what it is about, and no more of it than a reader can take in.
    expect(message.length + hint.length).toBeLessThan(2_000);
  }
  if (definition !== undefined) expect(compile(definition, ACTIONS).nodes.length).toBeGreaterThan(0);
  return findings.map(({ code }) => code);
}

describe.each(Object.entries(TEXT_CORPORA))('%s', (_, texts) => {
  it.each(Object.entries(texts))('%s', (__, text) => {
    read(text);
  });
});

describe('names and escapes as', () => {
  it.each(PLACE_NAMES)('%s', (place) => {
    for (const text of TEXTS) read(writeAt(place, text));
  });

  it('leave nothing behind', () => {
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
