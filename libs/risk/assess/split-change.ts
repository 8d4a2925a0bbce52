import type { ChangedFile } from '#contracts/judgement/risk.js';
import { nameFolder } from './part-of-change.js';

const MOST_PARTS = 4;

/**
 * Ways to split files into 2 to 4 parts of about equally many changed lines. What lies in one folder stays together when
 * there are folders enough, else files are parted. The same files give the same parts, in whatever order they come.
 */
export function proposeSplits(files: readonly ChangedFile[]): ChangedFile[][][] {
  const splits: ChangedFile[][][] = [];
  for (let parts = 2; parts <= MOST_PARTS && parts <= files.length; parts += 1) {
    const folders = groupByFolder(files);
    const groups = folders.length >= parts ? folders : files.map((file) => [file]);
    splits.push(fillParts(groups, parts));
  }
  return splits;
}

function groupByFolder(files: readonly ChangedFile[]): ChangedFile[][] {
  const folders = new Map<string, ChangedFile[]>();
  for (const file of files) {
    const folder = nameFolder(file.path);
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  return [...folders.values()];
}

/** The largest group first, each into the part that has least. */
function fillParts(groups: readonly ChangedFile[][], count: number): ChangedFile[][] {
  const sorted = groups
    .map((group) => group.toSorted((one, other) => compareText(one.path, other.path)))
    .sort((one, other) => countLines(other) - countLines(one) || compareText(one[0]!.path, other[0]!.path));
  const parts: ChangedFile[][] = Array.from({ length: count }, () => []);
  for (const group of sorted) {
    const least = parts.reduce((best, part) => (countLines(part) < countLines(best) ? part : best));
    // A part that is still empty comes first, whatever its lines.
    (parts.find((part) => part.length === 0) ?? least).push(...group);
  }
  return parts;
}

function countLines(files: readonly ChangedFile[]): number {
  return files.reduce((sum, { added, deleted }) => sum + added + deleted, 0);
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
