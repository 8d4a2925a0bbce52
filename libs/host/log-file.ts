import { existsSync, readFileSync, renameSync, statSync } from 'node:fs';

const CAP_BYTES = 10 * 1024 * 1024;

/** Sets a log aside as `<name>.1` when it has grown over 10 MiB; called before the writer starts. */
export function rotateLog(file: string): void {
  if (sizeOf(file) > CAP_BYTES) renameSync(file, `${file}.1`);
}

/** In bytes; 0 where there is no such file. */
export function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}

/** The lines after the first `from` bytes, without blank ones. */
export function readLinesFrom(file: string, from: number): string[] {
  if (!existsSync(file)) return [];
  return readFileSync(file)
    .subarray(from)
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
}
