import type { EffectEntry, LedgerEntries } from './ledger/entries.js';

/** All that the auditor judges, collected when everything has come to rest. */
export interface Evidence {
  readonly ledger: LedgerEntries;
  /** Which step must be done with what it does before another begins, as the definition has it. */
  readonly order: readonly (readonly [earlier: string, later: string])[];
  /**
   * A worker that stood still, or was not heard, may have been handed attempts meanwhile that were given up since: it begins
   * them when it wakes.
   */
  readonly lateRepeats: boolean;
  /** Ids of the steps that tell the ledger of what they do. */
  readonly telling: readonly string[];
  /** Status that each run must end with. */
  readonly expected: string;
  readonly runs: readonly ProjectedRun[];
  readonly executions: readonly Execution[];
  readonly audit: AuditEvidence;
  readonly leftovers: readonly Leftover[];
  /** What must be nowhere, by its name. */
  readonly canaries: Readonly<Record<string, string>>;
  /** All that is kept and printed, by the place where. */
  readonly texts: ReadonlyMap<string, string>;
}

/** What the projection and Temporal both tell of a run. */
export interface ToldRun {
  readonly id: string;
  readonly status: string;
  readonly output: unknown;
  /** Status of each step, and of those that are actions the number of attempts. */
  readonly steps: Readonly<Record<string, { readonly status: string; readonly attempts?: number }>>;
}

export interface ProjectedRun extends ToldRun {
  readonly trigger: string;
  /** Milliseconds since the epoch; null where it has not ended. */
  readonly endedAt: number | null;
  /** How many attempts there are, by the key of their step. */
  readonly attempts: Readonly<Record<string, number>>;
}

/**
 * Between what woke the interpreter for the last time and what Temporal noted of its look, the run came to its end. Of looks
 * whose answers were lost Temporal keeps the last only; the projection keeps the first that was recorded.
 */
export interface Execution extends ToldRun {
  /** How often its history says that the action of a step is done, by the key of the step. */
  readonly completions: Readonly<Record<string, number>>;
  /** Milliseconds since the epoch. */
  readonly wokenAt: number;
  readonly closedAt: number;
}

export interface AuditEvidence {
  /** Runs of the entries `run.start`, one for each entry. */
  readonly started: readonly string[];
  /** What is wrong with the chain; absent where it is whole. */
  readonly fault?: string;
  /** Entries without a place in the chain. */
  readonly unsealed: number;
}

/** Something that should have been delivered, given back or removed when nothing runs any more. */
export interface Leftover {
  readonly what: string;
  readonly run: string;
}

/** What somebody promised and did not keep, in words. */
export interface Violation {
  readonly check: string;
  readonly run?: string;
  readonly step?: string;
  readonly expected: string;
  readonly found: string;
}

/** Effects of each step of each run, in their order. */
export function groupEffects(effects: readonly EffectEntry[]): readonly (readonly EffectEntry[])[] {
  return [...Map.groupBy(effects, ({ run, step }) => `${run}/${step}`).values()];
}

/** Id of the step of which this is the key: `deploy` of `deploy[2]`. */
export function stepIdOf(key: string): string {
  return key.replace(/\[.*$/, '');
}
