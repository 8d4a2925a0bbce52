/**
 * Whose fault a failure is, which decides who must act:
 * `user` the caller or the author of a definition, `operational` something that Sluice depends on
 * (worth another try), `bug` Sluice itself.
 */
export type Fault = 'user' | 'operational' | 'bug';

export interface ErrorInit {
  /** Stable, kebab-case; documented once, matched by programs. */
  readonly code: string;
  readonly fault: Fault;
  /** What is wrong, in one sentence, without secrets. */
  readonly message: string;
  /** What to do now. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Extra facts for programs; JSON. */
  readonly details?: unknown;
}

/** The one error family. Boundaries map it by `code` and `fault`; never by `instanceof` across the workflow sandbox. */
export class SluiceError extends Error {
  readonly code: string;
  readonly fault: Fault;
  readonly hint: string | undefined;
  readonly details: unknown;

  constructor(init: ErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = 'SluiceError';
    this.code = init.code;
    this.fault = init.fault;
    this.hint = init.hint;
    this.details = init.details;
  }
}

export function isSluiceError(error: unknown): error is SluiceError {
  return error instanceof Error && error.name === 'SluiceError' && 'code' in error && 'fault' in error;
}
