import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A log of a failed job, with what a person said of it. */
export interface LabelledLog {
  readonly name: string;
  readonly log: string;
  /** Number of the line that is the cause. */
  readonly line: number;
}

export const LOGS = join(process.cwd(), 'test/diagnose/logs');

/** Where public test data may lie beside the project. */
const TEST_DATA = resolve(process.env['SLUICE_TEST_DATA'] ?? '../shared/data');

/** Logs of one file: each below `===== name`, its cause marked by `>>> `. */
export function readSections(path: string): LabelledLog[] {
  return readFileSync(path, 'utf8')
    .split(/^===== /m)
    .slice(1)
    .map((section) => {
      const end = section.indexOf('\n');
      return unmark(section.slice(0, end), section.slice(end + 1), '>>> ');
    });
}

/** Logs of real jobs whose cause is marked, one file each; undefined where they are not there. */
export function readJobLogs(): LabelledLog[] | undefined {
  const folder = join(TEST_DATA, 'ci-logs');
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .map((name) => unmark(name.slice(0, -4), readFileSync(join(folder, name), 'utf8'), '#=MATCH=# '));
}

function unmark(name: string, text: string, mark: string): LabelledLog {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.startsWith(mark));
  if (at === -1) throw new Error(`no line of ${name} is marked as its cause`);
  lines[at] = lines[at]!.slice(mark.length);
  return { name, log: lines.join('\n').replace(/[‹›]/g, ''), line: at + 1 };
}
