import type { Style } from './style.js';

/** Columns padded to their widest cell and two blanks apart; the last is not padded. Cells hold no colours. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
    });
  }
  return rows.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** A table with a faint heading above its rows. */
export function renderTable(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
): string[] {
  const [head = '', ...lines] = formatTable([heading, ...rows]);
  return [style.faint(head), ...lines];
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Code points: near enough to columns for names, which are mostly ASCII. */
function widthOf(text: string): number {
  return [...text].length;
}

/** `text` cut to `width` columns, with an ellipsis where something was cut. */
export function truncate(text: string, width: number): string {
  const points = [...text];
  return points.length <= width ? text : `${points.slice(0, Math.max(0, width - 1)).join('')}…`;
}
