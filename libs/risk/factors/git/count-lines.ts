import { type FileChange, hasSameContent, isPlainFile } from './file-change.js';
import type { Git } from './git.js';

/**
 * Lines that files had before each of these changes. Few contents are read: from a content whose lines are known, those
 * of the one before follow by what was added and deleted. Answers with undefined for what is no text or was not compared.
 *
 * @param files newest change first
 */
export async function countLinesBefore(
  git: Git,
  files: readonly FileChange[],
): Promise<(file: FileChange) => number | undefined> {
  const known = new Map<string, number>();
  const wanted = new Set<string>();
  const comparable = files.filter((file) => file.lines !== undefined && isPlainFile(file));
  const reachable = new Set<string>();
  for (const { blobs, lines, status } of comparable) {
    const [before, after] = blobs;
    if (status === 'A') continue;
    if (status === 'D') known.set(before, lines!.deleted);
    else if (!reachable.has(after) && !known.has(after)) wanted.add(after);
    reachable.add(before);
  }
  for (const [blob, lines] of await countLines(git, [...wanted])) known.set(blob, lines);
  for (const file of comparable) {
    const [before, after] = file.blobs;
    const lines = known.get(after);
    if (file.status === 'A' || lines === undefined || known.has(before)) continue;
    known.set(before, hasSameContent(file) ? lines : lines - file.lines!.added + file.lines!.deleted);
  }
  return (file) => {
    if (file.lines === undefined) return undefined;
    return file.status === 'A' ? 0 : known.get(file.blobs[0]);
  };
}

const NEWLINE = 10;

/** Lines of contents; a last one without an end counts. */
async function countLines(git: Git, blobs: readonly string[]): Promise<Map<string, number>> {
  const counted = new Map<string, number>();
  if (blobs.length === 0) return counted;
  const request = blobs.map((blob) => `${blob}\n`).join('');
  let header = '';
  let open: { readonly blob: string; left: number; lines: number; last: number } | undefined;
  for await (const bytes of git.stream(['cat-file', '--batch', '--buffer'], request)) {
    let at = 0;
    while (at < bytes.length) {
      if (open === undefined) {
        const end = bytes.indexOf(NEWLINE, at);
        header += bytes.toString('latin1', at, end < 0 ? bytes.length : end);
        if (end < 0) break;
        at = end + 1;
        const [, blob, size] = /^([0-9a-f]+) blob (\d+)$/.exec(header) ?? [];
        header = '';
        // The line's end after the content is read with it.
        if (blob !== undefined) open = { blob, left: Number(size) + 1, lines: 0, last: NEWLINE };
        continue;
      }
      const end = Math.min(bytes.length, at + open.left);
      const content = bytes.subarray(at, Math.min(end, at + open.left - 1));
      for (let found = content.indexOf(NEWLINE); found >= 0; found = content.indexOf(NEWLINE, found + 1))
        open.lines += 1;
      if (content.length > 0) open.last = content[content.length - 1]!;
      open.left -= end - at;
      at = end;
      if (open.left > 0) continue;
      counted.set(open.blob, open.lines + (open.last === NEWLINE ? 0 : 1));
      open = undefined;
    }
  }
  return counted;
}
