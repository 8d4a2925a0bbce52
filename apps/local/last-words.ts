const LAST_LINES = 15;
/** Level of pino. */
const FATAL = 60;

/**
 * Why a program ended, from the lines that it wrote: the message and the hint of its last fatal line where it logs
 * JSON, else its last lines.
 */
export function findLastWords(lines: readonly string[]): string {
  const fatal = lines.map(parseLine).findLast((line) => line !== undefined && (line.level ?? 0) >= FATAL);
  if (fatal?.msg === undefined) return lines.slice(-LAST_LINES).join('\n');
  return fatal.hint === undefined ? fatal.msg : `${fatal.msg}\n${fatal.hint}`;
}

function parseLine(line: string): { level?: number; msg?: string; hint?: string } | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
