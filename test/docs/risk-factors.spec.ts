import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CHANGE_FACTORS } from '#contracts/judgement/risk.js';
import { describeFile } from '#risk/factors/files/describe-file.js';
import { isFix } from '#risk/factors/history/describe-message.js';
import { type MeasuredRisk, readRiskChange } from '#risk/factors/read-change.js';
import { readEnvironment } from '#risk/read-environment.js';
import {
  lines,
  type MadeRepository,
  makeRepository,
} from '../../libs/risk/factors/testing/make-repository.js';
import { codesIn, findBlocks, findTables, ROOT, readDocument, sectionOf } from './markdown.js';

const text = readDocument('docs/risk-factors.md');
const tableOf = (heading: string, index = 0) => findTables(sectionOf(text, heading))[index]!;

let made: MadeRepository;
let measured: MeasuredRisk;

beforeAll(async () => {
  made = makeRepository([
    { day: 0, files: { 'a.ts': lines(3) } },
    { day: 1, files: { 'a.ts': lines(4) } },
  ]);
  measured = await readRiskChange({ folder: made.folder, head: 'main' });
});
afterAll(() => made.remove());

describe('docs/risk-factors.md', () => {
  it('defines the fourteen factors', () => {
    expect(tableOf('## The fourteen').map(([name]) => codesIn(name!)[0])).toEqual([...CHANGE_FACTORS]);
  });

  it('names the further factors, and no others', () => {
    const named = tableOf('## The further factors').flatMap(([names]) => codesIn(names!));
    expect(named.sort()).toEqual(Object.keys(measured.change.more).sort());
  });

  it('tells which messages speak of mending a defect', () => {
    const shown = tableOf('## The fourteen', 1);
    expect(shown.map(([message]) => [message, isFix(message!) ? '1' : '0'])).toEqual(shown);
  });

  it('tells kinds of files, and whether they count', () => {
    const shown = tableOf('## What counts');
    const found = shown.map(([path = '']) => {
      const { kind, counts } = describeFile(codesIn(path)[0]!);
      return [path, `\`${kind}\``, counts ? 'yes' : 'no'];
    });
    expect(found).toEqual(shown);
  });

  it('shows an environment that is read', () => {
    const shown = findBlocks(text).find(({ info }) => info === 'json')!.text;
    expect(readEnvironment(shown)).toEqual(JSON.parse(shown));
  });
});

describe('the history of this very project', () => {
  it('gives factors that are finite, and not below zero', async () => {
    // A copy without its history has none.
    const found = await readRiskChange({ folder: ROOT, head: 'HEAD' }).catch((error: { code: string }) => {
      expect([
        'repository-not-found',
        'change-not-found',
        'git-not-found',
        'repository-not-trusted',
      ]).toContain(error.code);
      return measured;
    });
    for (const factors of [found.change, ...found.past]) {
      for (const name of CHANGE_FACTORS) {
        expect([name, Number.isFinite(factors[name]) && factors[name] >= 0]).toEqual([name, true]);
      }
    }
  });
});
