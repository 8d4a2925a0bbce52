import type { AdviceView } from '#contracts/rest/history.js';
import type { Advice } from '#domain/optimisation/advice.js';
import { formatDuration } from './duration.js';
import { toPlainText } from './plain-text.js';
import type { Style } from './style.js';

/** Each piece of advice with its gain, reason, evidence and assumptions. */
export function renderAdvice(view: AdviceView, style: Style): string[] {
  const { workflow, version, runs, succeeded, conclusive, items } = view;
  const title = toPlainText(`${workflow} v${version}`);
  const rests = `${runs} recorded ${runs === 1 ? 'run' : 'runs'}, ${succeeded} of them succeeded`;
  if (!conclusive) return [`${title}: too few runs to advise (${rests})`];
  if (items.length === 0) return [`${title}: nothing to change (${rests})`];
  return [`${style.strong(title)}: ${rests}`, ...items.flatMap((item) => renderItem(item, style))];
}

function renderItem(item: Advice, style: Style): string[] {
  const { id, advice, because, certainty, assumes, evidence } = item;
  const check = certainty === 'check' ? style.warn('  check first') : '';
  const shown = evidence.shownBy.slice(0, 3).join(', ');
  return [
    '',
    `${style.strong(toPlainText(id))}${check}`,
    `  ${toPlainText(advice)}`,
    `  ${style.faint('gain:')} ${describeGain(item)}`,
    `  ${style.faint('why:')} ${toPlainText(because)}`,
    `  ${style.faint('seen in:')} ${toPlainText(`${evidence.runs} runs${shown === '' ? '' : `, such as ${shown}`}`)}`,
    ...assumes.map((each) => `  ${style.faint('assumes:')} ${toPlainText(each)}`),
  ];
}

/** `1.2s a run (0.9s to 1.5s)`, `12% of the failed runs (4% to 30%)` */
function describeGain({ gain, kind }: Advice): string {
  const { time, saves } = gain;
  const parts = [
    ...(time.mean > 0
      ? [`${formatDuration(time.mean)} a run (${formatDuration(time.low)} to ${formatDuration(time.high)})`]
      : []),
    ...(saves === undefined
      ? []
      : [`${percent(saves.mean)} of the failed runs (${percent(saves.low)} to ${percent(saves.high)})`]),
  ];
  if (parts.length > 0) return parts.join(', ');
  return kind === 'timeout' ? 'no time; it bounds what a hang costs' : 'not measured yet';
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
