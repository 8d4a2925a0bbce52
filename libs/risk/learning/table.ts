/** Numbers by column; every column has `rows` of them, all finite. */
export interface Table {
  readonly rows: number;
  readonly columns: readonly Float64Array[];
}

export function takeRows(table: Table, rows: ArrayLike<number>): Table {
  return {
    rows: rows.length,
    columns: table.columns.map((column) => Float64Array.from(rows, (row) => column[row]!)),
  };
}

/** Rows from `start` up to, without, `end`. */
export function sliceRows(table: Table, start: number, end: number): Table {
  return { rows: end - start, columns: table.columns.map((column) => column.slice(start, end)) };
}

export function readRow(table: Table, row: number): Float64Array {
  return Float64Array.from(table.columns, (column) => column[row]!);
}
