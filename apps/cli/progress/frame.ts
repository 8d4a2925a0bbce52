import type { StepViewStatus } from '#contracts/rest/runs.js';
import { formatSpan } from '../view/duration.js';
import { toPlainText } from '../view/plain-text.js';
import { describeQueue } from '../view/run-summary.js';
import { arrangeSteps, type StepRow } from '../view/step-rows.js';
import { paintStatus, symbolOf } from '../view/step-symbol.js';
import type { Style } from '../view/style.js';
import { truncate } from '../view/table.js';
import { describeVersion } from '../view/version.js';
import { describeWaiting } from '../view/waiting.js';
import type { RunPicture } from './run-picture.js';

/** The moment (milliseconds since the epoch), the number of the frame, and the room there is. */
export interface FrameSetting {
  readonly now: number;
  readonly tick: number;
  readonly columns: number;
  readonly rows: number;
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Lines of one picture of a run; none is longer than the terminal is wide, nor are there more than it is high. */
export function renderFrame(picture: RunPicture, setting: FrameSetting, style: Style): string[] {
  const rows = arrangeSteps(picture.steps);
  const room = Math.max(1, setting.rows - HEAD_LINES - 2);
  const shown = rows.length <= room ? rows : chooseRows(rows, room);
  const hidden = rows.length - shown.length;
  return [
    ...renderHead(picture, setting, style),
    ...shown.map((row) => renderRow(row, picture, setting, style)),
    ...(hidden > 0 ? [style.faint(truncate(`  … ${hidden} more`, setting.columns - 1))] : []),
  ];
}

const HEAD_LINES = 2;

function renderHead({ run }: RunPicture, { now, columns }: FrameSetting, style: Style): string[] {
  const { settled, total } = run.progress;
  const span = formatSpan(run.startedAt ?? run.createdAt, run.endedAt, now);
  const title = truncate(toPlainText(`${run.workflow} ${describeVersion(run)} · run ${run.id}`), columns - 1);
  const status =
    run.waitingFor === undefined ? run.status : `${run.status}, ${describeQueue(run.waitingFor)}`;
  const numbers = toPlainText(` ${settled}/${total} · ${status} · ${span}`);
  const width = Math.max(0, Math.min(30, columns - 3 - numbers.length));
  return [style.strong(title), renderBar(settled, total, width, style) + truncate(numbers, columns - 1)];
}

/** `━━━━━━──────` */
export function renderBar(settled: number, total: number, width: number, style: Style): string {
  const share = total > 0 ? Math.min(1, Math.max(0, settled / total)) : 0;
  const full = Math.floor(share * width);
  return style.good('━'.repeat(full)) + style.faint('─'.repeat(width - full));
}

/** In too little room: counts, and what fails and runs, stay first, then what is nearest to the top of the tree. */
function chooseRows(rows: readonly StepRow[], room: number): StepRow[] {
  const ranked = rows.map((row, index) => ({ row, index, rank: rankOf(row) }));
  ranked.sort((a, b) => a.rank - b.rank || a.index - b.index);
  const kept = ranked.slice(0, room).sort((a, b) => a.index - b.index);
  return kept.map(({ row }) => row);
}

const LIVELY: readonly StepViewStatus[] = ['running', 'waiting', 'failed'];

function rankOf(row: StepRow): number {
  if (row.type === 'instances') {
    return 0;
  }
  const lively = LIVELY.includes(row.step.status);
  return lively ? 1 : 2 + row.depth;
}

function renderRow(row: StepRow, picture: RunPicture, setting: FrameSetting, style: Style): string {
  const indent = '  '.repeat(row.depth);
  const width = setting.columns - 1 - indent.length - 2;
  if (row.type === 'instances') {
    const counts = row.counts.map(([status, count]) => `${count} ${status}`).join(', ');
    return `${indent}  ${truncate(`${toPlainText(row.id)}: ${counts}`, width)}`;
  }
  const { status } = row.step;
  const symbol = status === 'running' ? SPINNER[setting.tick % SPINNER.length]! : symbolOf(status);
  return `${indent}${paintStatus(status, symbol, style)} ${truncate(describeRow(row, picture, setting), width)}`;
}

function describeRow(
  { step }: StepRow & { type: 'step' },
  picture: RunPicture,
  { now }: FrameSetting,
): string {
  const attempts = step.attempts.length;
  const waiting = describeWaiting(step);
  const last = step.status === 'running' ? picture.tail(step.key).at(-1)?.text : undefined;
  const parts = [
    step.action,
    formatSpan(step.startedAt, step.endedAt, now),
    attempts > 1 ? `attempt ${attempts}` : undefined,
    waiting === '' ? undefined : `waits ${waiting}`,
    step.error === undefined ? undefined : `${step.error.code}: ${step.error.message}`,
    step.skipped,
    step.reused === true ? 'reused' : undefined,
    last,
  ].filter((part) => part !== undefined && part !== '');
  return toPlainText([step.key, ...parts].join(' · '));
}
