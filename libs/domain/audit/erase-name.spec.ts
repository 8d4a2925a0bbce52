import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { type ChainedEntry, FIRST_PREVIOUS } from './entry.js';
import { hashEntry } from './entry-hash.js';
import { eraseName } from './erase-name.js';
import { createNamePattern } from './replace-name.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const FACTS = {
  id: '1',
  project: 'default',
  at: '2026-01-01T00:00:00.000000Z',
  actor: 'ann',
  action: 'member.set',
  objectType: 'member',
  objectId: 'bob',
  before: null,
  after: { roles: { ann: ['admin'], bob: ['viewer'] } },
  reason: 'bob asked ann',
  correlationId: null,
};
const LINK = {
  sequence: 1,
  previous: FIRST_PREVIOUS,
  salts: { actor: '01', objectId: '02', after: '03', reason: '04' },
};
const ENTRY: ChainedEntry = { ...FACTS, chain: { ...LINK, hash: hashEntry(FACTS, LINK, sha256) } };

const erase = (entry: ChainedEntry, name: string, pseudonym: string) =>
  eraseName(entry, createNamePattern(name), pseudonym, sha256);

describe('eraseName', () => {
  it('takes a name and the salts of its parts away, and leaves the hash right', () => {
    const erased = erase(ENTRY, 'ann', 'X');
    expect(erased).toMatchObject({
      actor: 'X',
      objectId: 'bob',
      after: { roles: { X: ['admin'], bob: ['viewer'] } },
      reason: 'bob asked X',
    });
    expect(erased.chain.salts).toEqual({ objectId: '02' });
    expect(Object.keys(erased.chain.erased!)).toEqual(['actor', 'after', 'reason']);
    expect(hashEntry(erased, erased.chain, sha256)).toBe(ENTRY.chain.hash);
  });

  it('takes a second name out of what was erased already', () => {
    const erased = erase(erase(ENTRY, 'ann', 'X'), 'bob', 'Y');
    expect(erased).toMatchObject({ actor: 'X', objectId: 'Y', reason: 'Y asked X' });
    expect(erased.chain.erased).toMatchObject({ actor: { pseudonym: 'X' }, reason: { pseudonym: 'Y' } });
    expect(erased.chain.salts).toEqual({});
    expect(hashEntry(erased, erased.chain, sha256)).toBe(ENTRY.chain.hash);
  });

  it('hands back an entry that does not name the person', () => {
    expect(erase(ENTRY, 'carol', 'X')).toBe(ENTRY);
  });
});
