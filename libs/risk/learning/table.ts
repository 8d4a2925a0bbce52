/** Numbers by column; every column has `rows` of them, all finite. */
export interface Table {
  readonly rows: number;
  readonly columns: readonly Float64Array[];
}
