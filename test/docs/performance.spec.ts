import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PEERS } from '../../bench/peers/catalogue.js';
import { codesIn, findTables, ROOT, readDocument } from './markdown.js';

/** Every bench is a folder with a program. */
const BENCHES = readdirSync(join(ROOT, 'bench'))
  .filter((name) => existsSync(join(ROOT, 'bench', name, 'main.ts')))
  .sort();

const DOCUMENT = readDocument('docs/performance.md');
const tablesOf = (section: string) =>
  findTables(DOCUMENT.split(/^## /m).find((text) => text.startsWith(section))!);

describe('docs/performance.md', () => {
  it('says of every bench what it measures', () => {
    const [benches = []] = tablesOf('Benches');
    expect(benches.flatMap(([name]) => codesIn(name!)).sort()).toEqual(BENCHES);
  });

  it('says of every peer what it is', () => {
    const [peers = []] = tablesOf('Beside others');
    expect(peers.flatMap(([name]) => codesIn(name!))).toEqual(PEERS.map(({ name }) => name));
  });

  it('names the bench, the machine and the date of every figure', () => {
    const rows = tablesOf('Figures').flat();
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(([name]) => !BENCHES.includes(name!))).toEqual([]);
    expect(rows.filter((row) => row.length !== 8 || !/^\d{4}-\d\d-\d\d$/.test(row[7]!))).toEqual([]);
  });
});
