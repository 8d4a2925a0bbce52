/** What one commit, or one comparison, did to a file. Paths hold one character per byte. */
export interface FileChange {
  /** As git writes it: A, M, D, R, T. */
  readonly status: string;
  readonly path: string;
  /** Where it was renamed. */
  readonly from?: string;
  readonly modes: readonly [before: string, after: string];
  /** Of the contents; zeros where there is none. */
  readonly blobs: readonly [before: string, after: string];
  /** Undefined where they were not asked for, and in binary files. */
  readonly lines?: { readonly added: number; readonly deleted: number };
  readonly binary: boolean;
}

const PLAIN = ['100644', '100755', '100664', '000000'];

export function isPlainFile({ modes }: FileChange): boolean {
  return modes.every((mode) => PLAIN.includes(mode));
}

/** Changed in name or mode alone. */
export function hasSameContent({ blobs: [before, after] }: FileChange): boolean {
  return before === after;
}
