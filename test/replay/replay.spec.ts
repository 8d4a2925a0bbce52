import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { STEP_KINDS } from '#domain/definition/kinds/table.js';
import { readBundle } from './bundle.js';
import { encodeHistory, readHistories, readLetters } from './history-files.js';
import { letterOf } from './letter.js';
import { findNotice, findOtherwiseResumed, replayAll } from './notice.js';
import { PLANTED_CHANGES, plant } from './planted-changes.js';
import type { Replayed } from './replay-histories.js';

const histories = readHistories();
const letters = readLetters();

describe('recorded histories', () => {
  let today: ReadonlyMap<string, Replayed>;

  beforeAll(async () => {
    today = await replayAll(readBundle(), histories);
  });

  it('are many, and of every kind of step', () => {
    expect(histories.length).toBeGreaterThanOrEqual(200);
    const names = histories.map(({ name }) => name);
    expect(Object.keys(letters)).toEqual(names);
    for (const kind of STEP_KINDS) expect(names).toContain(`0.1.0.kind-${kind}`);
    expect(names).toContain('0.2.0.tick-told');
  });

  it('tell nothing of the machines that recorded them', () => {
    const tell = (name: string, bytes: Buffer) =>
      /node_modules|file:\/\//.test(bytes.toString('latin1')) ? [name] : [];
    expect(histories.flatMap(({ name, history }) => tell(name, gunzipSync(encodeHistory(history))))).toEqual(
      [],
    );
  });

  it.each(histories.map(({ name }) => name))('%s is replayed', (name) => {
    const replayed = today.get(name)!;
    expect(replayed.error).toBeUndefined();
    // Where the change is wanted: npm run record:histories -- --letters
    expect(letterOf(replayed)).toEqual(letters[name]);
  });

  it('are resumed at each task as they went on', async () => {
    expect(await findOtherwiseResumed(readBundle(), histories)).toEqual([]);
  });
});

it.each(PLANTED_CHANGES)('a planted change is noticed by $noticed: $what', async (change) => {
  const notice = await findNotice(plant(readBundle(), change), histories, letters, [change.noticed]);
  expect(notice?.by).toBe(change.noticed);
});
