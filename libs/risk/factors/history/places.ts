/** The first folder of a path; files at the root are one subsystem together. */
export function subsystemOf(path: string): string {
  const end = path.indexOf('/');
  return end < 0 ? '' : path.slice(0, end);
}

export function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
