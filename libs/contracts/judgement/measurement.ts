/**
 * What became of one metric: exactly one of `value`, `samples` and `missing`. Numbers are finite; a source that was
 * told otherwise says `missing`.
 */
export interface Measurement {
  readonly metric: string;
  readonly value?: number;
  /** Single observations, in the order in which they were made; their mean stands where one number is asked for. */
  readonly samples?: readonly number[];
  /** Observations of what `samples` or `value` is compared with: the version before, in the order they were made. */
  readonly baseline?: readonly number[];
  /** As the source has it: `ms`, `s`, `%`, `KB`. */
  readonly unit?: string;
  /** Where it comes from, in words: `lcov coverage/lcov.info`. */
  readonly source: string;
  /** ISO 8601, UTC. */
  readonly observedAt?: string;
  readonly missing?: MissingReason;
}

/** Why there is no number. */
export interface MissingReason {
  /** Stable, kebab-case. */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** Numbers of one metric, samples or baseline. */
export const MAX_SAMPLES = 10_000;
