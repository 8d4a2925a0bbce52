import { canonicalJson } from '../plan/canonical-json.js';
import { type ChainedEntry, ERASABLE_PARTS, FIRST_PREVIOUS } from './entry.js';
import type { Sha256 } from './entry-hash.js';

/** What erasures took away, by pseudonym. */
export type Erasures = Readonly<Record<string, ErasureSum>>;

export interface ErasureSum {
  readonly parts: number;
  /** Over all that stands in place of the parts, in the order of the entries. */
  readonly digest: string;
}

/** Sums up what stands in place of erased parts, which no hash holds. */
export class ErasureSums {
  private readonly sums: Map<string, ErasureSum>;

  constructor(
    start: Erasures,
    private readonly sha256: Sha256,
  ) {
    this.sums = new Map(Object.entries(start));
  }

  get all(): Erasures {
    return Object.fromEntries(this.sums);
  }

  /** Entries come in the order of their chain. */
  add(entry: ChainedEntry): void {
    const { erased, sequence } = entry.chain;
    if (erased === undefined) return;
    for (const part of ERASABLE_PARTS) {
      const gone = erased[part];
      if (gone === undefined) continue;
      const { parts, digest } = this.sums.get(gone.pseudonym) ?? { parts: 0, digest: FIRST_PREVIOUS };
      const text = `${digest}:${sequence}:${part}:${canonicalJson(entry[part])}`;
      this.sums.set(gone.pseudonym, { parts: parts + 1, digest: this.sha256(text) });
    }
  }
}
