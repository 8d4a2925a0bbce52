import type { LogView } from '#contracts/rest/runs.js';
import { toPlainText } from './plain-text.js';
import type { Style } from './style.js';

/** `12:04:31.250 unit#2 | text`: time in UTC, the step unless it is the only one asked for, its attempt from the second on. */
export function renderLogLine(log: LogView, { step }: { readonly step?: string }, style: Style): string {
  const time = toPlainText(log.at.slice(11, 23));
  const attempt = log.attempt > 1 ? `#${log.attempt}` : '';
  const source = step === undefined ? `${log.step}${attempt}` : attempt;
  const text = toPlainText(log.text);
  const painted =
    log.stream === 'stderr' ? style.warn(text) : log.stream === 'sluice' ? style.faint(text) : text;
  return `${style.faint(toPlainText([time, source].filter((part) => part !== '').join(' ')))} ${style.faint('|')} ${painted}`;
}
