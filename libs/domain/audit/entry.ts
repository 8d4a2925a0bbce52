import type { Json } from '../json.js';

/**
 * What may name a person, in the order in which their salts lie. Each goes into the hash of its entry by a salted digest,
 * so that it can be taken away while the hash stays right.
 */
export const ERASABLE_PARTS = ['actor', 'objectId', 'before', 'after', 'reason'] as const;

export type ErasablePart = (typeof ERASABLE_PARTS)[number];

/** What was done, as it is kept. */
export interface AuditFacts {
  readonly id: string;
  readonly project: string;
  /** RFC 3339 with microseconds, UTC. */
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly objectType: string;
  readonly objectId: string;
  readonly before: Json;
  readonly after: Json;
  readonly reason: string | null;
  readonly correlationId: string | null;
}

/** The part that stood there is gone; `pseudonym` stands in its place. */
export interface ErasedPart {
  /** Of the part as it was, with its salt. */
  readonly digest: string;
  readonly pseudonym: string;
}

/** Where an entry stands in the chain of its project. Digests are 64 lower-case hex digits (SHA-256, FIPS 180-4). */
export interface ChainLink {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** Hash of the entry before; that of the first is `FIRST_PREVIOUS`. */
  readonly previous: string;
  readonly hash: string;
  /** 32 hex digits for each part that is there and was not erased. */
  readonly salts: Readonly<Partial<Record<ErasablePart, string>>>;
  readonly erased?: Readonly<Partial<Record<ErasablePart, ErasedPart>>>;
}

export interface ChainedEntry extends AuditFacts {
  readonly chain: ChainLink;
}

export const FIRST_PREVIOUS = '0'.repeat(64);
