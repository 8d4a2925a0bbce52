import type { LogView, RunView, StepView } from '#contracts/rest.js';
import type { StepError } from '#domain/execution/step-error.js';
import { formatSpan } from './duration.js';
import { toPlainLines, toPlainText, toSafeJson } from './plain-text.js';
import { paintStatus, symbolOf } from './step-symbol.js';
import type { Style } from './style.js';

/** `✓ hello v1 succeeded in 0.4s (run 0199…)` */
export function renderRunLine(run: RunView, now: number, style: Style): string {
  const span = formatSpan(run.startedAt ?? run.createdAt, run.endedAt, now);
  const word = run.endedAt === undefined ? 'for' : 'in';
  const status = paintStatus(
    run.status,
    `${symbolOf(run.status)} ${toPlainText(run.workflow)} v${run.version} ${run.status}`,
    style,
  );
  return `${status} ${word} ${span} ${style.faint(`(run ${toPlainText(run.id)})`)}`;
}

export interface RunEnd {
  readonly run: RunView;
  readonly steps: readonly StepView[];
  /** The last lines of a step's log, by its key. */
  readonly tail: (stepKey: string) => readonly LogView[];
  readonly now: number;
}

/** What came of a run: its output, or what failed and what its log said last. */
export function renderRunEnd(end: RunEnd, style: Style): string[] {
  const { run } = end;
  const lines = [renderRunLine(run, end.now, style)];
  if (run.output !== undefined && run.output !== null) {
    lines.push(style.strong('output:'), ...indent(toPlainLines(toSafeJson(run.output, 2))));
  }
  if (run.status === 'failed') {
    lines.push(...renderFailure(end, style));
  }
  if (run.cancel !== undefined) {
    const reason = run.cancel.reason === undefined ? '' : `: ${run.cancel.reason}`;
    lines.push(`  canceled by ${toPlainText(run.cancel.by)}${toPlainText(reason)}`);
  }
  if (run.temporalUrl !== undefined) {
    lines.push(style.faint(`history: ${toPlainText(run.temporalUrl)}`));
  }
  return lines;
}

function renderFailure({ run, steps, tail }: RunEnd, style: Style): string[] {
  const failed = findFailedStep(run, steps);
  const error = run.error ?? failed?.error;
  const lines = failed === undefined ? [] : [`${style.strong('failed step:')} ${describeStep(failed)}`];
  if (error !== undefined) {
    lines.push(...renderStepError(failed?.error ?? error, style));
  }
  const log = failed === undefined ? [] : tail(failed.key);
  if (log.length > 0) {
    lines.push(style.strong('last lines of its log:'));
    lines.push(...log.map((line) => `  ${style.faint('|')} ${toPlainText(line.text)}`));
  }
  return lines;
}

/** The step that the run's error names; else the innermost one that failed first. */
function findFailedStep(run: RunView, steps: readonly StepView[]): StepView | undefined {
  const failed = steps.filter((step) => step.status === 'failed');
  const named = failed.find((step) => step.key === run.error?.step);
  return named ?? failed.sort((a, b) => b.depth - a.depth)[0];
}

function describeStep(step: StepView): string {
  const attempts = step.attempts.length;
  return toPlainText(step.key) + (attempts > 1 ? ` (after ${attempts} attempts)` : '');
}

function renderStepError(error: StepError, style: Style): string[] {
  const hint = error.hint === undefined ? [] : [`  ${style.faint('hint:')} ${toPlainText(error.hint)}`];
  return [`  ${style.bad(toPlainText(error.code))} ${toPlainText(error.message)}`, ...hint];
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
