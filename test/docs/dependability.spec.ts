import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { RUN_TROUBLES } from '#contracts/rest/runs.js';
import { DELIVERY_TIMES } from '../../apps/api/runs/delivery-loop.js';
import { codesIn, findTables, ROOT, readDocument, sectionOf } from './markdown.js';

describe('docs/dependability.md', () => {
  const text = readDocument('docs/dependability.md');

  it('names tests and commands that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const named = findTables(text)[0]!.flatMap(([, tests]) => codesIn(tests!));
    expect(named.length).toBeGreaterThan(0);
    const commands = [...text.matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name!);
    expect(commands.filter((name) => !(name in scripts))).toEqual([]);
    const files = named.filter((name) => !name.startsWith('npm '));
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  it('has the times by which messages are delivered', () => {
    const [rows] = findTables(sectionOf(text, '## How a start gets to Temporal'));
    const times = DELIVERY_TIMES;
    expect(rows!.map(([, value]) => value)).toEqual([
      String(times.concurrent),
      String(times.perSecond),
      `${times.deliveryMs / 1_000} s`,
      `${times.leaseMs / 1_000} s`,
      `${times.awayPauses.longestMs / 1_000} s`,
      `${times.pauses.longestMs / 1_000} s`,
      String(times.setAsideAfter),
      `${times.setAsideMs / 60_000} min`,
    ]);
  });

  it('has every trouble of a run', () => {
    const [rows] = findTables(sectionOf(text, '## Troubles of a run'));
    expect(rows!.map(([code, cure]) => [codesIn(code!)[0], cure])).toEqual(Object.entries(RUN_TROUBLES));
  });
});
