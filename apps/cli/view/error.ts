import type { Problem } from '#contracts/rest/problem.js';
import type { SluiceError } from '#domain/errors.js';
import { problemOf } from '../server/server-error.js';
import { renderFindings, type Source } from './findings.js';
import { toPlainText } from './plain-text.js';
import type { Style } from './style.js';

/** An error in words. `source` is the text that was sent, when the server's findings are about it. */
export function renderError(error: SluiceError, style: Style, source?: Source): string[] {
  const problem = problemOf(error);
  const lines = [
    `${style.bad('error:')} ${toPlainText(headline(error, problem))}`,
    ...renderDetails(problem, style, source),
  ];
  if (problem?.refusal !== undefined) {
    lines.push(`  ${style.faint('fits:')} ${toPlainText(problem.refusal.fits)}`);
  }
  if (error.hint !== undefined) {
    lines.push(`  ${style.faint('hint:')} ${toPlainText(error.hint)}`);
  }
  if (problem !== undefined && problem.status >= 500) {
    lines.push(`  ${style.faint('correlation id:')} ${toPlainText(problem.correlationId)}`);
  }
  return lines;
}

function headline(error: SluiceError, problem: Problem | undefined): string {
  // The detail of a refusal repeats when it would fit, which has a line of its own.
  const message = problem?.refusal?.message ?? error.message;
  return problem === undefined || problem.title === message ? message : `${problem.title}: ${message}`;
}

function renderDetails(problem: Problem | undefined, style: Style, source: Source | undefined): string[] {
  const findings = problem?.findings ?? [];
  const errors = problem?.errors ?? [];
  return [
    ...renderFindings(source ?? { path: 'definition', text: '' }, findings, style),
    ...errors.flatMap(({ path, message, hint }) => [
      `  ${toPlainText(path)}: ${toPlainText(message)}`,
      ...(hint === undefined ? [] : [`    ${style.faint('hint:')} ${toPlainText(hint)}`]),
    ]),
  ];
}
