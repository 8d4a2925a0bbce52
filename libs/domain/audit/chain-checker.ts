import { type ChainedEntry, FIRST_PREVIOUS } from './entry.js';
import { hashEntry, type Sha256 } from './entry-hash.js';
import { type ErasureSum, ErasureSums, type Erasures } from './erasure-sums.js';

/** A place of the chain: all before it and it itself are vouched for by its hash. */
export interface ChainPlace {
  readonly sequence: number;
  readonly hash: string;
}

/** Where a check begins: `START`, or where an archived part of the log ends. */
export interface ChainStart extends ChainPlace {
  /** Up to there; where it is not known, what stands in place of erased parts is not checked. */
  readonly erasures?: Erasures;
}

export interface ChainFault {
  readonly kind: 'altered' | 'missing' | 'inserted';
  /** Of the entry, or of the first one that is missing. */
  readonly sequence: number;
  /** Of the entry that stands there, where one does. */
  readonly id?: string;
  readonly message: string;
}

export const START: ChainStart = { sequence: 0, hash: FIRST_PREVIOUS, erasures: {} };

/** The action whose entries say what an erasure took away. */
const ERASE_ACTION = 'personal-data.erase';

/** So many entries that were taken out or put in, and the others renumbered, are told from others that were altered. */
const MOST_SHIFTED = 3;

/** Checks entries in their order, one by one, without keeping them. After the first fault it says no more. */
export class ChainChecker {
  private place: ChainPlace;
  private readonly knowsErasures: boolean;
  private readonly sums: ErasureSums;
  private readonly claims: Map<string, ErasureSum>;
  /** The entry that does not fit is judged when the next one is known. */
  private suspect: { readonly entry: ChainedEntry; readonly before: ChainPlace } | undefined;
  private found: ChainFault | undefined;

  constructor(
    start: ChainStart,
    private readonly sha256: Sha256,
  ) {
    this.place = { sequence: start.sequence, hash: start.hash };
    const { erasures = {} } = start;
    this.knowsErasures = start.erasures !== undefined;
    this.sums = new ErasureSums(erasures, sha256);
    this.claims = new Map(Object.entries(erasures));
  }

  /** The last entry that is right. */
  get head(): ChainPlace {
    return this.place;
  }

  get erasures(): Erasures {
    return this.sums.all;
  }

  /** The next entry. Answers with the fault, once there is no doubt which it is. */
  add(entry: ChainedEntry): ChainFault | undefined {
    if (this.found !== undefined) return this.found;
    if (this.suspect !== undefined) return this.judge(this.suspect, entry);
    const { sequence, previous, hash } = entry.chain;
    const expected = this.place.sequence + 1;
    if (sequence > expected) return this.report(missing(expected, sequence - 1));
    const fits = sequence === expected && previous === this.place.hash;
    if (!fits || hashEntry(entry, entry.chain, this.sha256) !== hash) {
      this.suspect = { entry, before: this.place };
      return undefined;
    }
    this.sums.add(entry);
    this.claim(entry);
    this.place = { sequence, hash };
    return undefined;
  }

  /** An entry that has no place in the chain yet may say of an erasure too. */
  addUnchained(entry: { readonly action: string; readonly after: unknown }): void {
    this.claim(entry);
  }

  /** No more entries come. `last`: where the chain must end; unknown when absent. */
  finish(last?: ChainPlace): ChainFault | undefined {
    if (this.found !== undefined) return this.found;
    if (this.suspect !== undefined) return this.judge(this.suspect, undefined, last);
    if (last !== undefined && last.sequence > this.place.sequence)
      return this.report(missing(this.place.sequence + 1, last.sequence));
    if (last !== undefined && last.sequence < this.place.sequence)
      return this.report(inserted(last.sequence + 1, 'the log ended before it'));
    if (last !== undefined && last.hash !== this.place.hash)
      return this.report(altered(this.place.sequence, 'it is not the one that the log ended with'));
    return this.knowsErasures ? this.checkErasures() : undefined;
  }

  private judge(
    { entry, before }: { readonly entry: ChainedEntry; readonly before: ChainPlace },
    next: ChainedEntry | undefined,
    last?: ChainPlace,
  ): ChainFault {
    const { sequence, hash } = entry.chain;
    const { id } = entry;
    if (sequence <= before.sequence)
      return this.report(inserted(sequence, 'another entry has its number', id));
    if (next?.chain.previous === before.hash)
      return this.report(inserted(sequence, 'the next entry follows the one before it', id));
    const shift = this.findShift(entry);
    if (shift !== undefined && shift > 0) return this.report(missing(sequence, sequence + shift - 1));
    if (shift !== undefined) return this.report(inserted(sequence + shift, 'later entries were renumbered'));
    if (last !== undefined && sequence > last.sequence)
      return this.report(inserted(sequence, 'the log ended before it', id));
    const why =
      hashEntry(entry, entry.chain, this.sha256) !== hash
        ? 'its hash is not that of what it says'
        : 'it does not follow the entry before it';
    return this.report(altered(sequence, why, id));
  }

  /** By how much the entry's number was made smaller, where that explains its hash. */
  private findShift(entry: ChainedEntry): number | undefined {
    for (let by = 1; by <= MOST_SHIFTED; by++) {
      for (const shift of [by, -by]) {
        const link = { ...entry.chain, sequence: entry.chain.sequence + shift };
        if (hashEntry(entry, link, this.sha256) === entry.chain.hash) return shift;
      }
    }
    return undefined;
  }

  private claim({ action, after }: { readonly action: string; readonly after: unknown }): void {
    if (action !== ERASE_ACTION) return;
    const { erasures = {} } = (after ?? {}) as { readonly erasures?: Erasures };
    for (const [pseudonym, sum] of Object.entries(erasures)) this.claims.set(pseudonym, sum);
  }

  /** What stands in place of an erased part is in no hash: the erasure's own entry vouches for it. */
  private checkErasures(): ChainFault | undefined {
    for (const [pseudonym, { parts, digest }] of Object.entries(this.sums.all)) {
      const claim = this.claims.get(pseudonym);
      if (claim?.digest === digest && claim.parts === parts) continue;
      const why =
        claim === undefined
          ? `parts of entries were replaced by ${pseudonym}, and no entry tells of that erasure`
          : `what was replaced by ${pseudonym} is not what the entry of that erasure tells of`;
      return this.report({
        kind: 'altered',
        sequence: this.place.sequence,
        message: `Up to entry ${this.place.sequence}, ${why}.`,
      });
    }
    return undefined;
  }

  private report(fault: ChainFault): ChainFault {
    this.found = fault;
    return fault;
  }
}

function missing(from: number, to: number): ChainFault {
  const what = from === to ? `Entry ${from} is` : `Entries ${from} to ${to} are`;
  return { kind: 'missing', sequence: from, message: `${what} missing.` };
}

function inserted(sequence: number, why: string, id?: string): ChainFault {
  return {
    kind: 'inserted',
    sequence,
    ...(id === undefined ? {} : { id }),
    message: `Entry ${sequence} was put in: ${why}.`,
  };
}

function altered(sequence: number, why: string, id?: string): ChainFault {
  return {
    kind: 'altered',
    sequence,
    ...(id === undefined ? {} : { id }),
    message: `Entry ${sequence} was altered: ${why}.`,
  };
}
