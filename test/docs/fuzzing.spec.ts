import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { EXCEPTIONS } from '../fuzz/exceptions.js';
import { codesIn, findTables, proseOf, ROOT, readDocument } from './markdown.js';

describe('docs/fuzzing.md', () => {
  const text = readDocument('docs/fuzzing.md');

  it('has a row of each exception that the fuzzer is told of', () => {
    const [, , told] = findTables(text);
    expect(told).toEqual(
      EXCEPTIONS.map(({ check, operations, statuses, reason }) => [
        `\`${check}\``,
        operations.map((operation) => `\`${operation}\``).join(', '),
        statuses?.join(', ') ?? 'off',
        reason,
      ]),
    );
  });

  it('tells of operations that there are', () => {
    const { paths } = JSON.parse(readFileSync(join(ROOT, 'schema/openapi.json'), 'utf8'));
    const known = Object.values(paths as Record<string, Record<string, { operationId: string }>>).flatMap(
      (methods) => Object.values(methods).map(({ operationId }) => operationId),
    );
    const told = EXCEPTIONS.flatMap(({ operations }) => operations);
    expect(told.filter((operation) => !known.includes(operation))).toEqual([]);
  });

  it('names every option', () => {
    const source = readFileSync(join(ROOT, 'test/fuzz/arguments.ts'), 'utf8');
    const options = new Set([...source.matchAll(/'(--[a-z]+)'/g)].map(([, option]) => option!));
    expect(options.size).toBe(3);
    for (const option of options) {
      expect(codesIn(proseOf(text)).some((code) => code.startsWith(option))).toBe(true);
    }
  });
});
