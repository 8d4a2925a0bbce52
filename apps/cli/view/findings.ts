import type { Finding } from '#domain/validation/finding.js';
import { toPlainText } from './plain-text.js';
import type { Style } from './style.js';

export interface Source {
  readonly path: string;
  /** The definition as its author wrote it. */
  readonly text: string;
}

/** As a compiler prints them: place, code, message, the line with a caret under the column, and the cure. */
export function renderFindings(source: Source, findings: readonly Finding[], style: Style): string[] {
  const lines = source.text.split(/\r\n|\n|\r/);
  return findings.flatMap((finding) => renderFinding(source.path, lines[finding.line - 1], finding, style));
}

function renderFinding(path: string, line: string | undefined, finding: Finding, style: Style): string[] {
  const place = `${toPlainText(path)}:${finding.line}:${finding.column}`;
  const code =
    finding.severity === 'warning' ? style.warn(`warning ${finding.code}`) : style.bad(finding.code);
  return [
    `${style.strong(place)} ${code} ${toPlainText(finding.message)}`,
    ...(line === undefined ? [] : renderExcerpt(line, finding, style)),
    `  ${style.faint('hint:')} ${toPlainText(finding.hint)}`,
  ];
}

const EXCERPT_WIDTH = 100;

/** A long line is shown from a little before the column on. */
function renderExcerpt(line: string, { line: number, column }: Finding, style: Style): string[] {
  const at = Math.min(column - 1, line.length);
  const from = at > EXCERPT_WIDTH - 20 ? at - 20 : 0;
  const before = toPlainText(line.slice(from, at));
  const shown = before + toPlainText(line.slice(at, from + EXCERPT_WIDTH));
  const gutter = String(number);
  return [
    `  ${style.faint(`${gutter} |`)} ${shown}`,
    `  ${style.faint(`${' '.repeat(gutter.length)} |`)} ${before.replace(/[^\t]/gu, ' ')}${style.bad('^')}`,
  ];
}

/** `2 errors, 1 warning` */
export function countFindings(findings: readonly Finding[]): string {
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  const warnings = findings.length - errors;
  const parts = [
    errors > 0 ? plural(errors, 'error') : '',
    warnings > 0 ? plural(warnings, 'warning') : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'no findings' : parts.join(', ');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
