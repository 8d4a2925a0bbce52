import { expect, it } from '@jest/globals';
import type { Json } from '../../../json.js';
import { evaluate } from '../../evaluate.js';

const run = (source: string, input: Json) =>
  evaluate(
    { dialect: 'jq', source },
    { lookup: (name) => (name === '.' ? input : undefined), step: () => undefined },
  );

it.each<[string, Json, Json]>([
  ['1 + def f: 2; f', null, 3],
  ['[def f: .; 1, f]', 2, [1, 2]],
  ['"10:20 +0130" | strptime("%H:%M %z") | .[3:5]', null, [8, 50]],
  ['"10:20 Z" | strptime("%H:%M %z") | .[4]', null, 20],
  ['[.[] | try (if . > 1 then error("big") else . end) catch "caught"]', [1, 2], [1, 'caught']],
  ['try ((try 1 catch 2) | error("outer")) catch .', null, 'outer'],
])('%s of %j', (source, input, output) => {
  expect(run(source, input)).toEqual({ ok: true, value: output });
});

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
  ['"10:20 x" | strptime("%H:%M %z")', null, /does not match format/],
  ['{1: 2}', null, /Object keys must be strings/],
  ['setpath(["a"]; 1)', 'text', /Cannot index string with "a"/],
  ['setpath([0]; 1)', { a: 1 }, /Cannot index object with number/],
  ['.[0:1] = "x"', 'text', /Cannot index string with object/],
  ['setpath([[1]]; 2)', [1], /Cannot index array with array/],
  ['.a.b = 1', { a: 'text' }, /Cannot index string with "b"/],
  ['.[0] = 1', 'text', /Cannot index string with number/],
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
