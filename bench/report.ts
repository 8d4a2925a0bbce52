import { cpus, totalmem } from 'node:os';

/** One line of what a bench prints. */
export interface Row {
  readonly figure: string;
  readonly value: string;
  readonly aim: string;
  readonly reference: string;
  /** Of the value to the reference. */
  readonly ratio: string;
}

/**
 * Prints a bench as a table; with `--json` as JSON, with `--markdown` as rows of the table in docs/performance.md. The
 * machine belongs to every absolute figure.
 */
export function printRows(title: string, rows: readonly Row[]): void {
  const machine = describeMachine();
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ title, machine, rows }, null, 2)}\n`);
  } else if (process.argv.includes('--markdown')) {
    const date = new Date().toISOString().slice(0, 10);
    for (const { figure, value, aim, reference, ratio } of rows)
      writeCells([title, figure, value, aim, reference, ratio, machine, date]);
  } else {
    process.stdout.write(`${title} (${machine})\n`);
    console.table(rows);
  }
}

/** What stands above the rows of all benches. */
export function printHead(): void {
  if (!process.argv.includes('--markdown')) return;
  const columns = ['Bench', 'Figure', 'Value', 'Aim', 'Reference', 'Ratio', 'Machine', 'Date'];
  writeCells(columns);
  process.stdout.write(`|${'---|'.repeat(columns.length)}\n`);
}

function writeCells(cells: readonly string[]): void {
  process.stdout.write(`| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`);
}

export function describeMachine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${cpu?.model.trim()}, ${memory} GiB, Node ${process.versions.node}`;
}
