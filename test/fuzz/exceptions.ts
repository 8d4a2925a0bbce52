/** What a check may not be asked of an operation, and why. */
export interface Exception {
  readonly check: 'positive_data_acceptance' | 'allow_header_conformance';
  /** By their ids in the description. */
  readonly operations: readonly string[];
  /** Answers that are right as well; the check is off where there are none. */
  readonly statuses?: readonly string[];
  readonly reason: string;
}

/** docs/fuzzing.md has a row of each. */
export const EXCEPTIONS: readonly Exception[] = [];
