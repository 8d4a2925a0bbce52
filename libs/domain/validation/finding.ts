import type { FindingCode } from './codes.js';

/** Where in the text: line and column count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One thing wrong with a definition. All come at once. */
export interface Finding extends Position {
  readonly code: FindingCode;
  readonly severity: 'error' | 'warning';
  /** As written: `stages.build.steps.unit.timeout`. */
  readonly path: string;
  /** What is wrong. */
  readonly message: string;
  /** What to write instead. */
  readonly hint: string;
}
