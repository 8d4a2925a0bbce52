export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque; absent on the last page. */
  readonly next?: string;
  /** How many there are; only where it was asked for. */
  readonly total?: number;
  /** There are more than `total`, which is where the counting ended. */
  readonly totalAtLeast?: true;
}
