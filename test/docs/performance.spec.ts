import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { codesIn, findTables, ROOT, readDocument } from './markdown.js';

/** Every bench is a folder with a program. */
const BENCHES = readdirSync(join(ROOT, 'bench'))
  .filter((name) => existsSync(join(ROOT, 'bench', name, 'main.ts')))
  .sort();

const [benches = [], ...figures] = findTables(readDocument('docs/performance.md'));

describe('docs/performance.md', () => {
  it('says of every bench what it measures', () => {
    expect(benches.flatMap(([name]) => codesIn(name!)).sort()).toEqual(BENCHES);
  });

  it('names the bench, the machine and the date of every figure', () => {
    const rows = figures.flat();
    expect(rows.filter(([name]) => !BENCHES.includes(name!))).toEqual([]);
    expect(rows.filter((row) => row.length !== 8 || !/^\d{4}-\d\d-\d\d$/.test(row[7]!))).toEqual([]);
  });
});
