/** The YAML block after a test point, of which two keys matter. */
export interface Diagnostic {
  /** Whether the line belongs to the block. */
  takes(line: string): boolean;
  /** The duration is NaN where what is written is none. */
  read(): { readonly durationMs?: number; readonly message?: string };
}

/** Lines kept of one block. */
const MAX_LINES = 200;

/** A block whose `---` stands at `indent`; it ends with `...` there, or where a line is indented less. */
export function createDiagnostic(indent: number): Diagnostic {
  const lines: string[] = [];
  let open = true;
  return {
    takes(line) {
      if (!open) return false;
      const text = line.trim();
      if (text !== '' && line.length - line.trimStart().length < indent) {
        open = false;
        return false;
      }
      if (text === '...') open = false;
      else if (lines.length < MAX_LINES) lines.push(line.slice(indent));
      return true;
    },
    read() {
      const duration = findValue(lines, /^duration_ms:\s*/);
      const message = findValue(lines, /^(?:message|error):\s*/);
      return {
        ...(duration ? { durationMs: Number(duration) } : {}),
        ...(message ? { message } : {}),
      };
    },
  };
}

/** A scalar: plain, quoted, or a block of the lines indented below it. */
function findValue(lines: readonly string[], key: RegExp): string | undefined {
  const at = lines.findIndex((line) => key.test(line));
  const value = lines[at]?.replace(key, '').trim();
  if (value === undefined || !/^[|>][-+0-9]*$/.test(value)) return value?.replace(/^(['"])(.*)\1$/s, '$2');
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => /^\S/.test(line));
  return (end < 0 ? rest : rest.slice(0, end)).map((line) => line.trim()).join('\n');
}
