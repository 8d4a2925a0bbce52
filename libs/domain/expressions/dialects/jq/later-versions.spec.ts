import { expect, it } from '@jest/globals';
import type { Json } from '../../../json.js';
import { evaluate } from '../../evaluate.js';

const run = (source: string, input: Json) =>
  evaluate(
    { dialect: 'jq', source },
    { lookup: (name) => (name === '.' ? input : undefined), step: () => undefined },
  );

/** What jq learned after 1.6, and where it answers otherwise since. */
it.each<[string, Json, Json]>([
  ['timegm', [2024, 1, 29, 0, 0, 0, 4, 59], 1_709_164_800],
  ['exp10', 3, 1000],
  ['rindex("b")', '🙂b🙂b', 3],
  ['[limit(0; 1, 2)]', null, []],
  ['[skip(1; 1, 2, 3)]', null, [2, 3]],
  ['[skip(0; 1, 2)]', null, [1, 2]],
  ['ltrim', '  a b ', 'a b '],
  ['rtrim', '  a b ', '  a b'],
  ['trim', '\t\na\r', 'a'],
  ['trimstr("a")', 'aba', 'b'],
  ['@base32', 'hello', 'NBSWY3DP'],
  ['@base32', 'f', 'MY======'],
  ['@base32', [1], 'LMYV2==='],
  ['@base32d', 'MZXW6YTBOI======', 'foobar'],
])('%s of %j', (source, input, output) => {
  expect(run(source, input)).toEqual({ ok: true, value: output });
});

it.each<[string, Json, RegExp]>([
  ['timegm', 1, /timegm requires array of 6 numbers/],
  ['ltrim', 1, /cannot be trimmed/],
  ['flatten("a")', [1], /flatten depth must be a number/],
  ['error', null, /null/],
  ['@base32d', '1', /not valid base32 data/],
  [`test("${'a'.repeat(1_001)}")`, 'a', /may have 1000 characters/],
  ['gmtime', 1e300, /is no moment/],
])('%s of %j fails', (source, input, said) => {
  expect(run(source, input)).toMatchObject({ ok: false, message: expect.stringMatching(said) });
});
