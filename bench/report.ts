import { cpus } from 'node:os';

/** One line of what a bench prints. */
export interface Row {
  readonly figure: string;
  readonly value: string;
  readonly aim: string;
  readonly reference: string;
  /** Of the value to the reference. */
  readonly ratio: string;
}

/** Prints a bench as a table, or with `--json` as JSON; the machine belongs to every absolute figure. */
export function printRows(title: string, rows: readonly Row[]): void {
  const [cpu] = cpus();
  const machine = `${cpus().length} × ${cpu?.model.trim()}, Node ${process.versions.node}`;
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ title, machine, rows }, null, 2)}\n`);
  } else {
    process.stdout.write(`${title} (${machine})\n`);
    console.table(rows);
  }
}
