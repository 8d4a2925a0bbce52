import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../../json.js';
import { cel } from './language.js';

const thousand = Array.from({ length: 1000 }, (_, index) => index);

const ROOTS: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['l', thousand],
  ['huge', Array.from({ length: 100_000 }, (_, index) => index)],
  ['o', Object.fromEntries(thousand.map((index) => [`k${index}`, index]))],
  ['s', 'a'.repeat(250_000)],
  ['part', `b${'a'.repeat(100_000)}`],
  ['patterns', thousand.map((index) => `(a${index}(b?){50}){9}`)],
  ['zones', thousand.map((index) => `Nowhere/Z${index}`)],
  ['deepList', JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`)],
  ['deepMap', JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`)],
]);

const evaluate = (source: string) =>
  cel.evaluate(source, { lookup: (name) => ROOTS.get(name), step: () => undefined });

describe('what costs too much', () => {
  it.each([
    ['turns of nested loops', 'l.map(x, l.map(y, x * y))'],
    ['turns whose errors are swallowed', 'l.exists(x, l.exists(y, y.none))'],
    ['inner loops whose end is swallowed', 'l.all(x, l.all(y, y == x || true) || true)'],
    ['an end that a condition would swallow', 'true || false ? (l.all(x, l.all(y, true)) || true) : 1'],
    ['turns over maps', 'o.map(k, o.map(j, o[k] + o[j]))'],
    ['ranges that are left at once', 'l.map(x, huge.exists(y, true))'],
    ['members of long lists', 'l.map(x, l.map(y, -1 in huge))'],
    ['comparing', 'l.map(x, l.map(y, o == o))'],
    ['comparing texts', 'l.map(x, (s + "a") == (s + "b"))'],
    ['ordering texts', 'l.map(x, s + "a" < s + "b")'],
    ['ordering bytes', 'l.map(x, bytes(s) < bytes(s))'],
    ['searching', 's.contains(part)'],
    ['searching often', 'l.map(x, s.contains("bb"))'],
    ['matching', 'l.map(x, s.matches("(a|aa)*(a?){50}c$"))'],
    ['making patterns', 'l.map(x, patterns.map(p, "a".matches(p)))'],
    ['making time zones', 'zones.exists(z, timestamp(0).getHours(z) == 1)'],
    ['measuring texts', 'l.map(x, size(s))'],
    ['splitting', 'l.map(x, s.split(""))'],
    ['changing letters', 'l.map(x, s.upperAscii())'],
    ['trimming', '[s.replace("a", " ")].map(b, l.map(x, b.trim()))'],
    ['joining lists', 'l.map(x, huge + huge)'],
    ['doubling a text', `["aaaaaaaaaa"]${'.map(a, a + a)'.repeat(100)}`],
    ['doubling bytes', `[b"aaaaaaaaaa"]${'.map(a, a + a)'.repeat(100)}`],
    ['doubling a list', `[[1, 2]]${'.map(a, a + a)'.repeat(100)}`],
    ['doubling what a list holds', `[1]${'.map(a, [a, a])'.repeat(60)}`],
    ['comparing what was doubled', `[1]${'.map(a, [a, a])'.repeat(60)}.map(a, a == a)`],
    ['a long join', 's.split("a").join("bbbbbb")'],
    ['a long replacement', 's.replace("a", "bbbbbb")'],
    ['a long result', '[s, s, s, s, s]'],
    [
      'a long result by its escapes',
      '[s.replace("a", "\\n"), s.replace("a", "\\n"), s.replace("a", "\\u0001")]',
    ],
  ])('%s', (_, source) => {
    expect(evaluate(source)).toMatchObject({ ok: false, code: 'expression-too-costly' });
  });
});

describe('what does not', () => {
  it.each([
    [
      'a loop over a long list',
      'size(l.map(x, {"id": x, "even": x % 2 == 0}).filter(x, x.even && x.id > 100))',
      449,
    ],
    ['loops within a loop', 'size(l.filter(x, [1, 2, 3].exists(y, y == x)))', 3],
    ['a long list grown by a loop', 'size(huge.map(x, x).map(x, x))', undefined],
    ['a list of ten thousand', 'size(l.map(x, [x, x, x, x, x, x, x, x, x, x])) * 10', 10_000],
    ['one pass over a long text', 's.matches("a+b") || s.contains("ab") || size(s) != 250000', false],
    ['a pattern per item', 'l.filter(x, string(x).matches("^[0-9]{2}$")).size()', 90],
    ['1 MiB', 'size(s + s + s + s)', 1_000_000],
  ])('%s', (_, source, value) => {
    const result = evaluate(source);
    if (value === undefined) expect(result).toMatchObject({ code: 'expression-too-costly' });
    else expect(result).toEqual({ ok: true, value });
  });

  it('gives each evaluation a budget of its own', () => {
    const source = 'l.all(x, l.filter(y, y == x).size() == 1 || x > 20) || true';
    expect(evaluate('l.map(x, l.map(y, y))')).toMatchObject({ ok: false });
    const first = evaluate('l.map(x, x + 1)[999]');
    expect(first).toEqual({ ok: true, value: 1000 });
    expect(evaluate(source)).toEqual(evaluate(source));
  });

  it('charges the same whether or not a cache helps', () => {
    const source = 'l.filter(x, "ab".matches("^a" + string(x % 40))).size()';
    const [first, second] = [evaluate(source), evaluate(source)];
    expect(second).toEqual(first);
  });
});

describe('depth of data', () => {
  it.each(['deepList', 'deepMap', 'deepMap == deepMap', '[deepMap.a]', 'deepList == [deepList]'])(
    '%s',
    (source) => {
      expect(evaluate(source)).toMatchObject({
        ok: false,
        message: expect.stringMatching(/nests? too deeply|nested too deeply/),
      });
    },
  );
});
