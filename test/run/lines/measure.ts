import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { countLines, type FileCoverage } from './count-lines.js';
import { readProcesses } from './read-processes.js';
import type { LinesOfFiles } from './summary.js';

/** Where the parts of a measurement lie, in a folder of its own. */
export interface CoverageFolders {
  /** Jest writes `coverage-final.json` here. */
  readonly unit: string;
  /** NODE_V8_COVERAGE of processes that run from `dist`. */
  readonly processes: string;
}

export function coverageFolders(folder: string): CoverageFolders {
  return { unit: join(folder, 'coverage', 'unit'), processes: join(folder, 'coverage', 'processes') };
}

/** Which lines ran, of every source. */
export function measureCoverage({ unit, processes }: CoverageFolders, root: string): LinesOfFiles {
  const files = Object.values<FileCoverage>(
    JSON.parse(readFileSync(join(unit, 'coverage-final.json'), 'utf8')),
  );
  const ran = readProcesses(processes, root);
  return new Map(
    files
      .map((file) => {
        const lines = countLines(file, (line, column) => ran(file.path, line, column));
        return [relative(root, file.path), lines] as const;
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** For editors and services: `lcov.info` of all tests, and `lines.json` with what did not run, in the given folder. */
export function writeCoverage(files: LinesOfFiles, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const missing = [...files].map(([file, lines]) => {
    const without = (by: 'unit' | 'any') => lines.filter((line) => !line[by]).map(({ line }) => line);
    return [file, { lines: lines.length, notInUnitTests: without('unit'), notAtAll: without('any') }];
  });
  writeFileSync(join(folder, 'lines.json'), `${JSON.stringify(Object.fromEntries(missing), null, 1)}\n`);
  const records = [...files].map(([file, lines]) =>
    [
      `SF:${file}`,
      ...lines.map(({ line, any }) => `DA:${line},${any ? 1 : 0}`),
      `LF:${lines.length}`,
      `LH:${lines.filter(({ any }) => any).length}`,
      'end_of_record',
      '',
    ].join('\n'),
  );
  writeFileSync(join(folder, 'lcov.info'), records.join(''));
}
