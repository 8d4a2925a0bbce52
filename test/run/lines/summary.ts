import type { Line } from './count-lines.js';

/** By path from the project's folder. */
export type LinesOfFiles = ReadonlyMap<string, readonly Line[]>;

interface Share {
  readonly folder: string;
  readonly lines: number;
  readonly unit: number;
  readonly any: number;
}

/** What must be covered, as shares of lines, and by which tests. */
const THRESHOLDS = [
  { folder: 'libs/domain', by: 'unit', percent: 100 },
  { folder: 'all', by: 'any', percent: 89 },
] as const;

const WORDS = { unit: 'unit tests', any: 'all tests' } as const;
const MAX_NAMED = 60;

/** Shares by folder, the whole last. */
export function formatTable(files: LinesOfFiles): string {
  const rows = [...groupByFolder(files), total('all', [...files.values()].flat())].map((share) => [
    share.folder,
    String(share.lines),
    percentOf(share.unit, share.lines),
    percentOf(share.any, share.lines),
  ]);
  const head = ['coverage of', 'lines', WORDS.unit, WORDS.any];
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  return [head, ...rows]
    .map((row) => row.map((cell, at) => pad(cell, widths[at]!, at > 0)).join('  '))
    .map((line) => `  ${line.trimEnd()}`)
    .join('\n');
}

/** What lies below its threshold, with the lines to cover; empty where all is well. */
export function findShortfalls(files: LinesOfFiles): string[] {
  return THRESHOLDS.flatMap(({ folder, by, percent }) => {
    const inside = [...files].filter(([file]) => folder === 'all' || file.startsWith(`${folder}/`));
    const share = total(
      folder,
      inside.flatMap(([, lines]) => lines),
    );
    if (share.lines > 0 && share[by] * 100 >= share.lines * percent) return [];
    const said = `${folder}: ${percentOf(share[by], share.lines)} of lines ran in ${WORDS[by]}; ${percent} % must.`;
    return [[said, ...(by === 'unit' ? nameMissing(inside, by) : [])].join('\n')];
  });
}

function nameMissing(files: readonly (readonly [string, readonly Line[]])[], by: 'unit' | 'any'): string[] {
  const missing = files.flatMap(([file, lines]) =>
    lines.filter((line) => !line[by]).map(({ line }) => `  ${file}:${line}`),
  );
  const rest = missing.length - MAX_NAMED;
  return [...missing.slice(0, MAX_NAMED), ...(rest > 0 ? [`  and ${rest} more`] : [])];
}

function groupByFolder(files: LinesOfFiles): Share[] {
  const folders = Map.groupBy(files, ([file]) => file.split('/').slice(0, -1).slice(0, 2).join('/'));
  return [...folders]
    .map(([folder, inside]) =>
      total(
        folder,
        inside.flatMap(([, lines]) => lines),
      ),
    )
    .sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

function total(folder: string, lines: readonly Line[]): Share {
  const count = (by: 'unit' | 'any') => lines.filter((line) => line[by]).length;
  return { folder, lines: lines.length, unit: count('unit'), any: count('any') };
}

/** Rounded down: what is not whole does not look whole. */
function percentOf(part: number, whole: number): string {
  if (whole === 0) return '–';
  return `${(Math.floor((part * 1_000) / whole) / 10).toFixed(1)} %`;
}

function pad(text: string, width: number, right: boolean): string {
  return right ? text.padStart(width) : text.padEnd(width);
}
