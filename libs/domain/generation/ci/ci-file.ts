/** What is understood of one file of continuous integration. */
interface CiFile {
  /** In the order of the file. */
  readonly scripts: readonly CiScript[];
}

export interface CiScript {
  readonly job: string;
  readonly text: string;
  /** Of the first line of the text. */
  readonly line: number;
  /** Where it runs; absent for the root. */
  readonly directory?: string;
}

/** One system of continuous integration. */
export interface CiSystem {
  readonly title: string;
  readonly files: string;
  readonly pattern: RegExp;
  /** What is taken from it, for people. */
  readonly takes: string;
  /** Undefined where the text is broken. */
  read(text: string): CiFile | undefined;
}
