/** What is known of a repository and a change before anything is generated. Nothing of it was executed. */
export interface RepositoryFacts {
  /** Of the folder, for people. */
  readonly name: string;
  /** What `git/checkout` takes; absent where the folder is no git repository, or one without commits. */
  readonly address?: string;
  /** Where it came from, without credentials. */
  readonly origin?: string;
  /** The folder in the repository; empty for its root. */
  readonly folder: string;
  /** Paths of files, relative to the folder, with `/`. */
  readonly files: readonly string[];
  /** Text of those that `wantsText` asked for, as far as they could be read. */
  readonly texts: ReadonlyMap<string, string>;
  readonly change?: Change;
  /** What could not be read, and why. */
  readonly notes: readonly Note[];
}

/** What lies between two commits. */
export interface Change {
  readonly base: string;
  readonly head: string;
  readonly files: readonly ChangedFile[];
}

export interface ChangedFile {
  readonly path: string;
  /** Lines; 0 for binary files. */
  readonly added: number;
  readonly removed: number;
}

/** Something the reader should know that became no line of the definition. */
export interface Note {
  readonly text: string;
  readonly evidence: readonly Evidence[];
}

/** A place in the repository. */
export interface Evidence {
  readonly file: string;
  /** From 1; absent where the file itself is meant. */
  readonly line?: number;
}

/** `certain` the repository says so, `likely` it is the custom where such files are, `guess` nothing says otherwise. */
export type Confidence = 'certain' | 'likely' | 'guess';

/** Why something stands in the definition. */
export interface Reason {
  readonly reason: string;
  readonly evidence: readonly Evidence[];
  readonly confidence: Confidence;
}
