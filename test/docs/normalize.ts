/** A printed line without what differs from run to run: ids, times, commits, and the width of columns. */
export function normalize(line: string): string {
  return line
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replace(/\b[0-9a-f]{40}\b/g, '<commit>')
    .replace(/\/namespaces\/[^/]+\//, '/namespaces/<namespace>/')
    .replace(/\b\d\d:\d\d:\d\d\.\d{3}\b/g, '<clock>')
    .replace(/\b(\d+ms|\d+\.\ds|\d+m\d\ds)\b/g, '<time>')
    .replace(/(?<=\S) +/g, ' ')
    .trimEnd();
}

/** Whether a line of a document says what was printed; `…` in it stands for anything. */
export function matchesLine(written: string, printed: string): boolean {
  return toPattern(normalize(written)).test(normalize(printed));
}

/** Of a whole text; `…` stands for anything. */
export function toPattern(written: string): RegExp {
  const parts = written.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'su');
}
