import type { Format } from '#domain/front-ends/front-end.js';
import type { Note } from '#domain/front-ends/steps/conversion.js';
import type { Finding } from '#domain/validation/finding.js';

/** POST /imports: at most 1,000 files, 16 MiB in all. Answers 200 with an ImportReport, whatever was taken over. */
export interface ImportRequest {
  /** `auto` where absent: told by each file. */
  readonly format?: 'auto' | Format;
  readonly files: readonly { readonly name: string; readonly content: string }[];
  /** Keys of lists of steps that may be lost. */
  readonly leaveOut?: readonly string[];
  /** Stores what was taken over as workflows; the same files twice make one version. */
  readonly save?: boolean;
  /** With `save`: stores nothing where something was not taken over. */
  readonly allOrNothing?: boolean;
}

export interface ImportReport {
  readonly takenOver: number;
  readonly refused: number;
  /** In the order of the files; a file may hold several workflows. */
  readonly workflows: readonly ImportedView[];
}

export interface ImportedView {
  readonly file: string;
  readonly format?: Format;
  readonly name?: string;
  readonly takenOver: boolean;
  /** The definition, where it was taken over. */
  readonly definition?: string;
  /** With `save`. */
  readonly workflow?: {
    readonly id: string;
    readonly version: number;
    readonly outcome: 'created' | 'versioned' | 'unchanged';
  };
  readonly findings: readonly Finding[];
  readonly notes: readonly Note[];
}
