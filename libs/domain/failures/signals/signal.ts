/**
 * A form of line that tools use for what went wrong (or did not). Regular expressions here are our own: anchored or with
 * a literal in front, every repetition bounded or of one class, so that time stays linear in a line of 2,000 characters.
 */
export interface Signal {
  /** One of these stands in the line, in lower case; found in one pass for all signals. */
  readonly keys: readonly string[];
  readonly form?: RegExp;
  readonly weight: number;
  /** Category of the cause where none of the table's patterns fits. */
  readonly category: string;
  /** The form names the tool: a table's pattern in the message counts only where it is surer still. */
  readonly exact?: boolean;
}

/** Lines that only repeat that something failed, and say not what: chosen where there is nothing better. */
export interface Consequence {
  readonly keys: readonly string[];
  readonly form?: RegExp;
  /** The step or command is over here: what comes after is no longer about it. */
  readonly ends?: 'job' | 'command';
}
