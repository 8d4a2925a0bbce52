import type { Json } from '#domain/json.js';
import type { Coverage } from '#domain/rehearsal/coverage.js';
import type { Mismatch } from '#domain/rehearsal/judge.js';
import { countFindings, renderFindings } from '../view/findings.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import type { Style } from '../view/style.js';
import type { FileResult, TestResult } from './run-tests.js';

/** A value is shown so far. */
const MOST_LINES = 40;

/** What did not come as expected: a sentence, and where two values differ, both of them line by line. */
export function describeMismatch({ what, message, expected, got }: Mismatch): string[] {
  if (expected === undefined || got === undefined) return [message === '' ? what : message];
  return [message, ...compareLines(linesOf(expected), linesOf(got))];
}

function linesOf(value: Json): string[] {
  return toSafeJson(value, 2).split('\n');
}

/** Lines that both have in front and at the end stand once, what is between as `-` expected and `+` got. */
function compareLines(expected: readonly string[], got: readonly string[]): string[] {
  const most = Math.min(expected.length, got.length);
  let front = 0;
  while (front < most && expected[front] === got[front]) front++;
  let back = 0;
  while (back < most - front && expected.at(-1 - back) === got.at(-1 - back)) back++;
  const between = (lines: readonly string[], mark: string) =>
    lines.slice(front, lines.length - back).map((line) => `${mark} ${line}`);
  const around = (lines: readonly string[]) => lines.map((line) => `  ${line}`);
  const all = [
    ...around(expected.slice(Math.max(0, front - 3), front)),
    ...between(expected, '-'),
    ...between(got, '+'),
    ...around(expected.slice(expected.length - back, expected.length - back + 3)),
  ];
  return all.length <= MOST_LINES
    ? all
    : [...all.slice(0, MOST_LINES), `… ${all.length - MOST_LINES} more lines`];
}

export function renderFileResult(result: FileResult, withCoverage: boolean, style: Style): string[] {
  const { file, tests, findings, coverage } = result;
  return [
    style.strong(toPlainText(file.path)),
    ...findings.flatMap(({ file: of, findings: found }) => [
      ...renderFindings(of, found, style),
      `${toPlainText(of.path)}: ${countFindings(found)}`,
    ]),
    ...tests.flatMap((test) => renderTest(test, style)),
    ...(withCoverage && coverage !== undefined ? renderCoverage(coverage, style) : []),
  ];
}

function renderTest({ name, passed, mismatches, line }: TestResult, style: Style): string[] {
  if (passed) return [`  ${style.good('✓')} ${toPlainText(name)}`];
  return [
    `  ${style.bad('✗')} ${toPlainText(name)} ${style.faint(`(line ${line})`)}`,
    ...mismatches.flatMap((mismatch) =>
      describeMismatch(mismatch).map((text, index) => `      ${paint(toPlainText(text), index, style)}`),
    ),
  ];
}

function paint(line: string, index: number, style: Style): string {
  if (index === 0) return line;
  if (line.startsWith('-')) return style.bad(line);
  return line.startsWith('+') ? style.good(line) : style.faint(line);
}

const MISSED_SHOWN = 20;

function renderCoverage({ steps, branches, percent, missed }: Coverage, style: Style): string[] {
  const shown = missed
    .slice(0, MISSED_SHOWN)
    .map(({ kind, name }) => `    ${style.faint(kind)} ${toPlainText(name)}`);
  return [
    `  reached ${formatPercent(percent)}: ${steps.reached} of ${steps.total} steps, ${branches.reached} of ${branches.total} branches${missed.length > 0 ? '; not:' : ''}`,
    ...shown,
    ...(missed.length > MISSED_SHOWN ? [`    and ${missed.length - MISSED_SHOWN} more`] : []),
  ];
}

/** Rounded down, so that only all of it is 100 %. */
export function formatPercent(percent: number): string {
  return `${Math.floor(percent)} %`;
}
