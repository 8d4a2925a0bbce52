/** What we read of one file in `coverage-final.json`, as Jest writes it. */
export interface FileCoverage {
  readonly path: string;
  readonly statementMap: Readonly<
    Record<string, { readonly start: { readonly line: number; readonly column: number } }>
  >;
  readonly s: Readonly<Record<string, number>>;
}

/** A line on which a statement begins, and whether one of those ran. */
export interface Line {
  readonly line: number;
  readonly unit: boolean;
  /** In unit tests or in a process. */
  readonly any: boolean;
}

/** A line counts as run when a statement that begins on it ran. */
export function countLines(
  { statementMap, s }: FileCoverage,
  ranInProcess: (line: number, column: number) => boolean,
): Line[] {
  const lines = new Map<number, Line>();
  for (const [id, { start }] of Object.entries(statementMap)) {
    const before = lines.get(start.line);
    const unit = before?.unit === true || (s[id] ?? 0) > 0;
    const any = unit || before?.any === true || ranInProcess(start.line, start.column);
    lines.set(start.line, { line: start.line, unit, any });
  }
  return [...lines.values()].sort((a, b) => a.line - b.line);
}
