import { describe, expect, it } from '@jest/globals';
import type { HttpSource } from '#contracts/judgement/metric-source.js';
import { collectMeasurements } from './collect-measurements.js';
import { isPointer } from './json-pointer.js';
import { createFakeWorld, type FakeAnswer, NOW } from './testing/fake-world.js';

async function collect(body: unknown, more: Partial<HttpSource> = {}, answer: Partial<FakeAnswer> = {}) {
  const fake = createFakeWorld(() => ({ body, ...answer }));
  const source: HttpSource = { from: 'http', url: 'https://x.example/a?token=t', value: '/v', ...more };
  const [measured] = await collectMeasurements({ m: source }, fake.world);
  return { measured, ...fake };
}

describe('metrics of any service', () => {
  /** RFC 6901, 5. */
  const DOCUMENT = {
    foo: ['bar', 0],
    '': 1,
    'a/b': 2,
    'c%d': 3,
    'i\\j': 5,
    'k"l': 6,
    ' ': 7,
    'm~n': 8,
    n: '-1.5e2',
  };

  it.each([
    ['/foo/1', 0],
    ['/', 1],
    ['/a~1b', 2],
    ['/c%d', 3],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
    ['/n', -150],
  ])('finds %j', async (value, number) => {
    expect((await collect(DOCUMENT, { value })).measured?.value).toBe(number);
  });

  it('finds the whole document', async () => {
    expect((await collect(4, { value: '' })).measured?.value).toBe(4);
    expect(['', '/a', '/a~0b'].map(isPointer)).toEqual([true, true, true]);
    expect(['a', '/a~', '/~2'].map(isPointer)).toEqual([false, false, false]);
  });

  it('sends what it is told, with the secret in its header', async () => {
    const { requests, measured } = await collect(
      { v: 1 },
      {
        method: 'POST',
        headers: { 'X-Team': 'shop' },
        body: { since: '1h' },
        auth: { secret: 'env:K', scheme: 'basic' },
      },
    );
    expect(requests[0]).toMatchObject({
      url: 'https://x.example/a?token=t',
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-team': 'shop',
        authorization: `Basic ${btoa('secret of K')}`,
      },
      secretHeaders: ['authorization'],
      body: '{"since":"1h"}',
    });
    expect(measured?.source).toBe('http https://x.example/a /v');
  });

  it('takes lists as samples, or reduces them', async () => {
    const body = { v: [3, '1', 2], old: [9, 8] };
    expect((await collect(body)).measured).toMatchObject({ value: 2 });
    expect((await collect(body, { reduce: 'max' })).measured).toMatchObject({ value: 3 });
    expect((await collect(body, { baseline: '/old' })).measured).toMatchObject({
      samples: [3, 1, 2],
      baseline: [9, 8],
    });
  });

  it.each([
    ['2030-01-01T12:59:00+01:00', '2030-01-01T11:59:00.000Z'],
    [NOW / 1000 - 60, '2030-01-01T11:59:00.000Z'],
    [NOW - 60_000, '2030-01-01T11:59:00.000Z'],
  ])('takes the time %s', async (at, observedAt) => {
    expect((await collect({ v: 1, at }, { at: '/at' })).measured).toMatchObject({ value: 1, observedAt });
  });

  it.each<[string, unknown, Partial<HttpSource>, string]>([
    ['a time without its zone', { v: 1, at: '2030-01-01T11:59:00' }, { at: '/at' }, 'metric-clock'],
    ['a zone that is not told', { v: 1, at: '2030-01-01T13:59:00Z' }, { at: '/at' }, 'metric-clock'],
    ['no time', { v: 1 }, { at: '/at' }, 'metric-clock'],
    ['a time beyond all', { v: 1, at: 1e300 }, { at: '/at' }, 'metric-clock'],
    ['what is old', { v: 1, at: '2030-01-01T11:49:00Z' }, { at: '/at', maxAge: '10m' }, 'metric-stale'],
    ['nothing', {}, {}, 'metric-empty'],
    ['null', { v: null }, {}, 'metric-empty'],
    ['an empty list', { v: [] }, {}, 'metric-empty'],
    ['a property that every object has', {}, { value: '/constructor' }, 'metric-empty'],
    ['text', { v: 'fine' }, {}, 'metric-answer-invalid'],
    ['true', { v: true }, {}, 'metric-answer-invalid'],
    ['a list of maps', { v: [{}] }, {}, 'metric-answer-invalid'],
    ['NaN', { v: 'NaN' }, {}, 'metric-not-finite'],
    ['too large a number', '{"v":1e999}', {}, 'metric-not-finite'],
    ['too many numbers', { v: Array(10_001).fill(1) }, {}, 'metric-samples-too-many'],
    ['a page', '<html>', {}, 'metric-answer-invalid'],
  ])('gives no number for %s', async (_, body, more, code) => {
    const { measured } = await collect(body, more);
    expect(measured?.missing).toEqual({ code, message: expect.any(String), hint: expect.any(String) });
    expect(measured).not.toHaveProperty('value');
  });

  it.each([
    [404, 'metric-answer-invalid'],
    [401, 'metric-access-refused'],
    [500, 'metric-source-failed'],
    [302, 'metric-answer-invalid'],
  ])('takes status %d for no answer', async (status, code) => {
    expect((await collect({ v: 1 }, {}, { status })).measured?.missing?.code).toBe(code);
  });
});
