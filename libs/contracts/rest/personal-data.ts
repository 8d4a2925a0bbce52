export interface ErasureRequest {
  readonly name: string;
  /** What stands in place of the name; a new one when absent. */
  readonly pseudonym?: string;
  readonly reason?: string;
}

export interface ErasureView {
  readonly pseudonym: string;
  /** Rows that were changed, by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Files of the archive that were written anew. */
  readonly files: readonly string[];
  /** Runs that name the person and live: they keep the name until this is done again. */
  readonly living: number;
}
