import { createDataError } from './data-error.js';

export const DATA_LIMITS = {
  /** Characters of a file. */
  characters: 256 * 1024 * 1024,
  rows: 500_000,
  columns: 200,
  /** Characters of a line. */
  line: 10_000,
} as const;

/** A line of a table, its cells by the name of their column. */
export interface TableRow {
  /** From 1, as editors count. */
  readonly line: number;
  readonly cells: ReadonlyMap<string, string>;
}

/** The rows of a table with commas (RFC 4180, but a cell ends with its line), each as long as its header. */
export function* readTable(text: string): Generator<TableRow> {
  if (text.length > DATA_LIMITS.characters)
    throw createDataError(
      `The table has ${text.length} characters, and ${DATA_LIMITS.characters} are the limit.`,
      'Keep the latest years only: older changes teach little.',
    );
  let header: readonly string[] | undefined;
  let count = 0;
  for (const { line, text: row } of readLines(text)) {
    if (row === '') continue;
    const cells = splitCells(row, line);
    if (!header) {
      header = checkHeader(cells);
      continue;
    }
    if (cells.length !== header.length)
      throw createDataError(
        `Line ${line} has ${cells.length} cells, its header ${header.length}.`,
        'Give every line as many cells as the header; the file may be cut short.',
      );
    count += 1;
    if (count > DATA_LIMITS.rows)
      throw createDataError(
        `The table has more than ${DATA_LIMITS.rows} lines.`,
        'Keep the latest changes only: older ones teach little.',
      );
    const names = header;
    yield { line, cells: new Map(cells.map((cell, at) => [names[at]!, cell])) };
  }
}

function* readLines(text: string): Generator<{ line: number; text: string }> {
  let [start, line] = [text.charCodeAt(0) === 0xfeff ? 1 : 0, 1];
  while (start < text.length) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    if (end - start > DATA_LIMITS.line)
      throw createDataError(
        `Line ${line} is longer than ${DATA_LIMITS.line} characters.`,
        'Give a table with commas and one change a line.',
      );
    yield { line, text: text.slice(start, end).replace(/\r$/, '') };
    start = end + 1;
    line += 1;
  }
}

function checkHeader(names: readonly string[]): readonly string[] {
  if (names.length > DATA_LIMITS.columns)
    throw createDataError(
      `The header names ${names.length} columns, and ${DATA_LIMITS.columns} are the limit.`,
      'Keep the columns that are needed.',
    );
  const twice = names.find((name, at) => name !== '' && names.indexOf(name) !== at);
  if (twice !== undefined)
    throw createDataError(`The header names the column "${twice}" twice.`, 'Remove one of them.');
  return names;
}

function splitCells(row: string, line: number): string[] {
  if (!row.includes('"')) return row.split(',').map((cell) => cell.trim());
  const cells: string[] = [];
  let at = 0;
  while (at <= row.length) {
    if (row[at] === '"') {
      const match = /"((?:[^"]|"")*)"(?=,|$)/y;
      match.lastIndex = at;
      const quoted = match.exec(row);
      if (!quoted)
        throw createDataError(
          `Line ${line} has a quote that is not closed.`,
          'Close it, or leave the quotes out.',
        );
      cells.push(quoted[1]!.replaceAll('""', '"').trim());
      at = match.lastIndex + 1;
    } else {
      const end = row.indexOf(',', at);
      cells.push(row.slice(at, end === -1 ? row.length : end).trim());
      at = end === -1 ? row.length + 1 : end + 1;
    }
  }
  return cells;
}
