import type { StepView } from '#contracts/rest/runs.js';
import { formatSpan } from './duration.js';
import { toPlainText } from './plain-text.js';
import { arrangeSteps, type StepRow } from './step-rows.js';
import { paintStatus, symbolOf } from './step-symbol.js';
import type { Style } from './style.js';
import { formatTable, truncate } from './table.js';
import { describeDecision, describeWaiting } from './waiting.js';

/** The steps of a run as a tree with status, attempts and time, as at `now` (milliseconds since the epoch). */
export function renderStepTable(steps: readonly StepView[], now: number, style: Style): string[] {
  const rows = arrangeSteps(steps);
  const [head, ...lines] = formatTable([
    ['  STEP', 'KIND', 'STATUS', 'ATTEMPTS', 'TIME', ''],
    ...rows.map((row) => toCells(row, now)),
  ]);
  return [style.faint(head!), ...lines.map((line, index) => paintRow(rows[index]!, line, style))];
}

function toCells(row: StepRow, now: number): string[] {
  const indent = '  '.repeat(row.depth);
  if (row.type === 'instances') {
    const total = row.counts.reduce((sum, [, count]) => sum + count, 0);
    const counts = row.counts.map(([status, count]) => `${count} ${status}`).join(', ');
    return [`${indent}  ${row.id} ×${total}`, '', counts];
  }
  const { step } = row;
  return [
    `${indent}${symbolOf(step.status)} ${toPlainText(step.key)}`,
    toPlainText(step.action ?? step.kind),
    step.status,
    step.attempts.length === 0 ? '' : String(step.attempts.length),
    formatSpan(step.startedAt, step.endedAt, now),
    noteOf(step),
  ];
}

const NOTE_WIDTH = 60;

function noteOf(step: StepView): string {
  const lost = step.attempts.filter((attempt) => attempt.status === 'lost').length;
  const error = step.error === undefined ? '' : `${step.error.code}: ${step.error.message}`;
  return [
    describeWaiting(step),
    step.waitingFor === undefined && step.approval !== undefined ? describeDecision(step.approval) : '',
    truncate(toPlainText(error), NOTE_WIDTH),
    toPlainText(step.skipped ?? ''),
    step.reused === true ? 'reused' : '',
    error === '' && lost > 0 ? `${lost} lost with their worker` : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function paintRow(row: StepRow, line: string, style: Style): string {
  if (row.type === 'instances') {
    return line;
  }
  const at = row.depth * 2;
  return line.slice(0, at) + paintStatus(row.step.status, line.slice(at, at + 1), style) + line.slice(at + 1);
}
