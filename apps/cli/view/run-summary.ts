import type { LogView, RunView, StepView } from '#contracts/rest/runs.js';
import type { StepDiagnosis, StepError } from '#domain/execution/step-error.js';
import { describeStrategy } from '#domain/failures/strategy.js';
import { isJsonObject } from '#domain/json.js';
import { formatSpan } from './duration.js';
import { toPlainLines, toPlainText, toSafeJson } from './plain-text.js';
import { paintStatus, symbolOf } from './step-symbol.js';
import type { Style } from './style.js';
import { describeVersion } from './version.js';
import { findRejection } from './waiting.js';

/** `✓ hello v1 succeeded in 0.4s (run 0199…)` */
export function renderRunLine(run: RunView, now: number, style: Style): string {
  const span = formatSpan(run.startedAt ?? run.createdAt, run.endedAt, now);
  const word = run.endedAt === undefined ? 'for' : 'in';
  const status = paintStatus(
    run.status,
    `${symbolOf(run.status)} ${toPlainText(run.workflow)} ${toPlainText(describeVersion(run))} ${run.status}`,
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

/** What came of a run: its output, or what failed and what its log said last, or who rejected it. */
export function renderRunEnd(end: RunEnd, style: Style): string[] {
  const { run } = end;
  const lines = [renderRunLine(run, end.now, style), ...renderRunContext(run)];
  if (run.output !== undefined && run.output !== null) {
    lines.push(style.strong('output:'), ...indent(toPlainLines(toSafeJson(run.output, 2))));
  }
  if (run.status === 'failed') {
    lines.push(...renderFailure(end, style));
  }
  if (run.status === 'rejected') {
    lines.push(...renderRejections(end.steps));
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

/** Where a run comes from, and what keeps it from beginning; nothing of one that somebody started and that began. */
export function renderRunContext(run: RunView): string[] {
  const { rerunOf, parent, waitingFor } = run;
  const lines: string[] = [];
  if (rerunOf !== undefined) {
    const from = rerunOf.from === undefined ? '' : ` from ${rerunOf.from}`;
    lines.push(`  rerun of run ${rerunOf.run}${from}`);
  }
  if (parent !== undefined) {
    lines.push(`  started by step ${parent.step} of run ${parent.run}`);
  }
  if (run.status === 'queued' && waitingFor !== undefined) {
    lines.push(`  ${describeQueue(waitingFor)}`);
  }
  if (run.trouble !== undefined) {
    const { code, message, hint } = run.trouble;
    lines.push(`  ${code}: ${message}`, `  hint: ${hint}`);
  }
  return lines.map(toPlainText);
}

/** `waits for run 0199… of the group release-api`, `held back by the freeze year-end` */
export function describeQueue(waitingFor: NonNullable<RunView['waitingFor']>): string {
  if ('freeze' in waitingFor) {
    return `held back by the freeze ${waitingFor.freeze}`;
  }
  const before = waitingFor.run === undefined ? 'its turn in' : `run ${waitingFor.run} of`;
  return `waits for ${before} the group ${waitingFor.group}`;
}

/** `  rejected by bob at sign-off: too late` */
function renderRejections(steps: readonly StepView[]): string[] {
  return steps.flatMap(({ key, approval, output }) => {
    const rejection = findRejection(approval?.votes ?? []);
    if (rejection !== undefined) {
      const reason = rejection.reason === undefined ? '' : `: ${rejection.reason}`;
      return [`  ${toPlainText(`rejected by ${rejection.by} at ${key}${reason}`)}`];
    }
    return approval !== undefined && isJsonObject(output) && output['decision'] === 'expired'
      ? [`  ${toPlainText(`nobody decided in time at ${key}`)}`]
      : [];
  });
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
  return [
    `  ${style.bad(toPlainText(error.code))} ${toPlainText(error.message)}`,
    ...hint,
    ...renderStepDiagnosis(error.diagnosis, style),
  ];
}

/** Cause and cure as the log tells them. */
function renderStepDiagnosis(diagnosis: StepDiagnosis | undefined, style: Style): string[] {
  if (diagnosis === undefined) return [];
  const { category, line, text, remediation, strategy } = diagnosis;
  const place = line === undefined || text === undefined ? '' : `, line ${line} of its log:`;
  return [
    `  ${style.faint('cause:')} ${toPlainText(`${diagnosis.class} (${category})`)}${place}`,
    ...(place === '' ? [] : [`  ${style.faint('|')} ${toPlainText(text ?? '')}`]),
    `  ${style.faint('do:')} ${toPlainText(remediation)}`,
    `  ${style.faint('strategy:')} ${describeStrategy(strategy)}`,
  ];
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
