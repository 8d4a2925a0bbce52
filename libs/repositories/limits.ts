/** What is read of a repository at most; beyond it a note says what was passed over. */
export const LIMITS = {
  files: 500_000,
  /** Folders within each other, where there is no git to list them. */
  depth: 40,
  /** Texts, nearest to the root first. */
  texts: 5_000,
  /** Bytes of one text. */
  textBytes: 512 * 1024,
  /** Bytes of all texts. */
  allBytes: 64 * 1024 * 1024,
} as const;
