import { describe, expect, it } from '@jest/globals';
import type { Json } from '#domain/json.js';
import { findOperation } from './operations.js';
import { readPage, writePage } from './read-page.js';
import { Refresher } from './refresh.js';

const ID = '01a20160-de49-7c1a-ae37-aa18782a3faa';
const OTHER = '01a20161-314e-748b-b2b7-edbd3d99e554';
const THIRD = '01a20171-d65c-7398-996f-748602f31d60';

describe('what a page shows of an answer', () => {
  it.each<[what: string, shown: Json, actual: Json, refreshed: Json]>([
    ['another id', { id: ID }, { id: OTHER }, { id: ID }],
    ['an id within a text', `run-${ID}`, `run-${OTHER}`, `run-${ID}`],
    [
      'another moment',
      { at: '2026-01-01T00:00:00Z' },
      { at: '2027-01-01T00:00:00.5Z' },
      { at: '2026-01-01T00:00:00Z' },
    ],
    ['another duration', { durationMs: 5 }, { durationMs: 7 }, { durationMs: 5 }],
    ['another number', { version: 1 }, { version: 2 }, { version: 2 }],
    ['another text', { status: 'queued' }, { status: 'running' }, { status: 'running' }],
    ['a member more', { a: 1 }, { a: 1, b: 2 }, { a: 1, b: 2 }],
    ['a member less', { a: 1, b: 2 }, { a: 1 }, { a: 1 }],
    ['members left out', { a: 1, '…': '…' }, { b: 2, a: 1 }, { a: 1, '…': '…' }],
    ['members left out, of which none is', { a: 1, '…': '…' }, { a: 1 }, { a: 1 }],
    ['items left out', [1, '…'], [1, 2, 3], [1, '…']],
    ['an item that is missing', [1, 2], [1], [1]],
    ['text left out', { name: 'a…z' }, { name: 'a to\nz' }, { name: 'a…z' }],
    ['another text around what is left out', { name: 'a…z' }, { name: 'b to z' }, { name: 'b to z' }],
    [
      'a moment in place of a text',
      { at: 'soon' },
      { at: '2027-01-01T00:00:00Z' },
      { at: '2027-01-01T00:00:00Z' },
    ],
  ])('%s', (_, shown, actual, refreshed) => {
    expect(new Refresher().json(shown, actual)).toEqual(refreshed);
  });

  it('hides keys', () => {
    const key = { key: 'sluice_wrt137w22n01yhv0_t957p6scy5sf4f7y' };
    expect(new Refresher().json(undefined, key)).toEqual({ key: 'sluice_…' });
  });

  it('tells ids apart: one that stood for another before is shown as that', () => {
    const refresher = new Refresher();
    refresher.json({ id: ID }, { id: OTHER });
    expect(refresher.json([ID, ID], [OTHER, THIRD])).toEqual([ID, THIRD]);
  });

  it.each<[shown: string, actual: string, same: boolean]>([
    ['a\n…\nd', 'a\nb\nc\nd', true],
    ['a\n…\nd\n…', 'a\nd', true],
    ['a\n…', 'b\nc', false],
    ['a\n…\nd', 'a\nb', false],
    ['data: {"id":"…"}', `data: {"id":"${ID}"}`, true],
  ])('lines %j of %j', (shown, actual, same) => {
    expect(new Refresher().text(shown, actual) === shown).toBe(same);
  });
});

it('a page is put together as it stood', () => {
  const page = [
    '# Runs\n',
    '```http\nGET /a\nIf-Match: $TAG\n```\n',
    '```http\nHTTP/1.1 200 OK\nETag: "1"\n\nretry: 1\n\nid: 2\n```\n',
    '`$TAG` is its `ETag`.\n',
    '```http\nPOST /b\n\n{}\n```\n',
  ].join('\n');
  const { parts } = readPage(page);
  expect(writePage({ parts })).toBe(page);
  expect(parts[1]).toMatchObject({ line: 4, captures: [{ variable: 'TAG', from: 'ETag' }] });
  expect(parts[3]).toMatchObject({ request: { first: 'POST /b' }, answer: undefined });
});

it('the operation of a request is the one with the fewest places', () => {
  const operations = ['/runs/{id}', '/runs/statistics'].map((path) => ({
    id: path,
    method: 'GET',
    path,
    statuses: [],
  }));
  expect(findOperation(operations, 'GET /runs/statistics?from=x')?.id).toBe('/runs/statistics');
  expect(findOperation(operations, 'GET /runs/$RUN')?.id).toBe('/runs/{id}');
  expect(findOperation(operations, 'GET /runs')).toBeUndefined();
});
