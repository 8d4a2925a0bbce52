/** What the ledger keeps, in the order in which it learnt of it. */

/** A start that was answered with 202. */
export interface Acceptance {
  /** Idempotency-Key of the start. */
  readonly key: string;
  readonly run: string;
}

/** A step did something to the world outside: it began to, or it was done. */
export interface EffectEntry {
  /** Place in the order of all entries, from 1. */
  readonly sequence: number;
  /** Same for the beginning and the end of one effect. */
  readonly effect: number;
  readonly kind: 'begin' | 'end';
  readonly run: string;
  /** Key of the step as the definition tells it. */
  readonly step: string;
  /** As the step sent it. */
  readonly key: string;
  /** RFC 3339, UTC. */
  readonly at: string;
}

export interface LedgerEntries {
  readonly acceptances: readonly Acceptance[];
  readonly effects: readonly EffectEntry[];
}
