import { existsSync, readFileSync, renameSync, statSync } from 'node:fs';

const CAP_BYTES = 10 * 1024 * 1024;

/** Sets a log aside as `<name>.1` when it has grown over 10 MiB; called before the writer starts. */
export function rotateLog(file: string): void {
  if (existsSync(file) && statSync(file).size > CAP_BYTES) renameSync(file, `${file}.1`);
}

/** The last lines of a log, for a message. */
export function readLastLines(file: string, count: number): string {
  if (!existsSync(file)) return '';
  return readFileSync(file, 'utf8').trim().split('\n').slice(-count).join('\n');
}
