import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ChainChecker, type ChainFault, type ChainPlace, START } from './chain-checker.js';
import { type ChainedEntry, ERASABLE_PARTS, FIRST_PREVIOUS } from './entry.js';
import { digestPart, hashEntry } from './entry-hash.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** `chain` with the hash that fits the rest. */
function seal(facts: Omit<ChainedEntry, 'chain'>, sequence: number, previous: string): ChainedEntry {
  const salts = Object.fromEntries(
    ERASABLE_PARTS.filter((part) => facts[part] !== null).map((part) => [part, sha256(part).slice(0, 32)]),
  );
  const link = { sequence, previous, salts };
  return { ...facts, chain: { ...link, hash: hashEntry(facts, link, sha256) } };
}

function makeChain(length: number): ChainedEntry[] {
  const entries: ChainedEntry[] = [];
  for (let at = 1; at <= length; at++) entries.push(makeEntry(at, entries.at(-1)?.chain.hash));
  return entries;
}

function makeEntry(at: number, previous = FIRST_PREVIOUS, more: Partial<ChainedEntry> = {}): ChainedEntry {
  const facts = {
    id: `00000000-0000-7000-8000-00000000000${at}`,
    project: 'default',
    at: `2026-01-01T00:00:0${at}.000000Z`,
    actor: at % 2 === 0 ? 'ann' : 'bob',
    action: 'run.start',
    objectType: 'run',
    objectId: `run-${at}`,
    before: null,
    after: { number: at },
    reason: null,
    correlationId: `c-${at}`,
  };
  return seal({ ...facts, ...more }, at, previous);
}

function check(entries: readonly ChainedEntry[], last?: ChainPlace, start = START): ChainFault | undefined {
  const checker = new ChainChecker(start, sha256);
  for (const entry of entries) checker.add(entry);
  return checker.finish(last);
}

const renumber = (entries: readonly ChainedEntry[], by: number) =>
  entries.map((entry) => ({ ...entry, chain: { ...entry.chain, sequence: entry.chain.sequence + by } }));

const CHAIN = makeChain(6);
const HEAD: ChainPlace = CHAIN.at(-1)!.chain;

describe('ChainChecker', () => {
  it('finds nothing in what was written', () => {
    expect(check([], { sequence: 0, hash: FIRST_PREVIOUS })).toBeUndefined();
    expect(check(CHAIN, HEAD)).toBeUndefined();
    expect(check(CHAIN.slice(3), HEAD, { ...CHAIN[2]!.chain, erasures: {} })).toBeUndefined();
  });

  const alter = (at: number, change: Partial<ChainedEntry>) =>
    CHAIN.map((entry, index) => (index === at ? { ...entry, ...change } : entry));
  const resealed = (at: number) => {
    const { chain, ...facts } = CHAIN[at]!;
    return seal({ ...facts, actor: 'eve' }, chain.sequence, chain.previous);
  };

  it.each<[string, readonly ChainedEntry[], ChainFault['kind'], number]>([
    ['an actor', alter(2, { actor: 'eve' }), 'altered', 3],
    ['an action', alter(0, { action: 'run.cancel' }), 'altered', 1],
    ['a time', alter(3, { at: '2026-01-01T00:00:04.000001Z' }), 'altered', 4],
    ['an id', alter(3, { id: '00000000-0000-7000-8000-0000000000ff' }), 'altered', 4],
    ['an object', alter(3, { objectId: 'run-9' }), 'altered', 4],
    ['a value that was not there', alter(1, { before: {} }), 'altered', 2],
    ['a value deep inside', alter(1, { after: { number: 2.5 } }), 'altered', 2],
    ['a correlation id', alter(5, { correlationId: null }), 'altered', 6],
    ['a project', alter(5, { project: 'other' }), 'altered', 6],
    ['one with a new hash', CHAIN.map((e, i) => (i === 2 ? resealed(2) : e)), 'altered', 4],
    ['the last, with a new hash', CHAIN.map((e, i) => (i === 5 ? resealed(5) : e)), 'altered', 6],
    ['one that is gone', CHAIN.toSpliced(2, 1), 'missing', 3],
    ['the first two', CHAIN.slice(2), 'missing', 1],
    ['the last', CHAIN.slice(0, 5), 'missing', 6],
    ['all', [], 'missing', 1],
    [
      'one that is gone, the others renumbered',
      [...CHAIN.slice(0, 2), ...renumber(CHAIN.slice(3), -1)],
      'missing',
      3,
    ],
    [
      'one put in, the others renumbered',
      [
        ...CHAIN.slice(0, 2),
        makeEntry(3, CHAIN[1]!.chain.hash, { actor: 'eve' }),
        ...renumber(CHAIN.slice(2), 1),
      ],
      'inserted',
      3,
    ],
    [
      'one put in without a hash that fits',
      [...CHAIN.slice(0, 2), { ...makeEntry(3, FIRST_PREVIOUS) }, ...renumber(CHAIN.slice(2), 1)],
      'inserted',
      3,
    ],
    [
      'one under the number of another',
      [...CHAIN.slice(0, 3), makeEntry(3, FIRST_PREVIOUS), ...CHAIN.slice(3)],
      'inserted',
      3,
    ],
    ['one behind the end', [...CHAIN, makeEntry(7, HEAD.hash)], 'inserted', 7],
    ['one behind the end that follows none', [...CHAIN, makeEntry(7, FIRST_PREVIOUS)], 'inserted', 7],
    ['two that changed places', [CHAIN[0]!, CHAIN[2]!, CHAIN[1]!, ...CHAIN.slice(3)], 'missing', 2],
  ])('finds %s', (_, entries, kind, sequence) => {
    expect(check(entries, HEAD)).toMatchObject({ kind, sequence, message: expect.stringContaining('') });
  });

  it('says no more than the first', () => {
    const checker = new ChainChecker(START, sha256);
    const broken = alter(1, { actor: 'eve' }).map((e, at) => (at === 4 ? { ...e, actor: 'eve' } : e));
    const faults = broken.map((entry) => checker.add(entry));
    expect(faults.map((fault) => fault?.sequence)).toEqual([undefined, undefined, 2, 2, 2, 2]);
    expect(checker.finish(HEAD)).toMatchObject({ sequence: 2 });
    expect(checker.head).toEqual({ sequence: 1, hash: CHAIN[0]!.chain.hash });
  });
});

describe('erased parts', () => {
  const erase = (entry: ChainedEntry): ChainedEntry => {
    const { salts, ...chain } = entry.chain;
    const { actor: _, ...rest } = salts;
    const digest = digestPart(entry, 'actor', entry.chain, sha256)!;
    return {
      ...entry,
      actor: 'former-1',
      chain: { ...chain, salts: rest, erased: { actor: { digest, pseudonym: 'former-1' } } },
    };
  };
  const erased = CHAIN.map((entry) => (entry.actor === 'bob' ? erase(entry) : entry));
  const sums = () => {
    const checker = new ChainChecker(START, sha256);
    for (const entry of erased) checker.add(entry);
    return checker.erasures;
  };
  const telling = (erasures: unknown) =>
    makeEntry(7, HEAD.hash, { action: 'personal-data.erase', after: { erasures } as never });

  it('leave every hash as it was', () => {
    expect(sums()).toMatchObject({ 'former-1': { parts: 3 } });
    expect(check([...erased, telling(sums())])).toBeUndefined();
  });

  it('are known by an entry that has no place in the chain yet', () => {
    const checker = new ChainChecker(START, sha256);
    checker.addUnchained(telling(sums()));
    for (const entry of erased) checker.add(entry);
    expect(checker.finish(HEAD)).toBeUndefined();
  });

  it('are a fault where no erasure was', () => {
    expect(check(erased, HEAD)).toMatchObject({
      kind: 'altered',
      message: expect.stringContaining('no entry tells of that erasure'),
    });
  });

  it('are a fault where another name took the place, or more was replaced', () => {
    const other = erased.map((entry, at) => (at === 2 ? { ...entry, actor: 'ann' } : entry));
    expect(check([...other, telling(sums())])).toMatchObject({ kind: 'altered' });
    const more = erased.map((entry, at) => (at === 3 ? erase(entry) : entry));
    expect(check([...more, telling(sums())])).toMatchObject({ kind: 'altered' });
  });

  it('are carried on where the entries before are archived', () => {
    const checker = new ChainChecker(START, sha256);
    for (const entry of erased.slice(0, 4)) checker.add(entry);
    const start = { ...checker.head, erasures: checker.erasures };
    expect(check([...erased.slice(4), telling(sums())], undefined, start)).toBeUndefined();
    expect(check(erased.slice(4), undefined, start)).toMatchObject({ kind: 'altered' });
  });
});
