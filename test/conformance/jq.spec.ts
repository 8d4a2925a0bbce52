import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { evaluate } from '#domain/expressions/evaluate.js';
import type { Json } from '#domain/json.js';

interface Answer {
  readonly source: string;
  readonly input: Json;
  /** All outputs of jq itself; absent where it fails. */
  readonly outputs?: Json;
}

/** Programs and what jq itself (1.6 and 1.8) answered to them. */
const ANSWERS = JSON.parse(
  readFileSync(new URL('jq/answers.json', import.meta.url), 'utf8'),
) as readonly Answer[];

describe('jq', () => {
  it.each(ANSWERS)('$source of $input', ({ source, input, outputs }) => {
    const result = evaluate(
      { dialect: 'jq', source: `[${source}\n]` },
      { lookup: (name) => (name === '.' ? input : undefined), step: () => undefined },
    );
    if (outputs === undefined) expect(result.ok).toBe(false);
    else expect(result).toEqual({ ok: true, value: outputs });
  });
});
