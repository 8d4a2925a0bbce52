import type { RunViewStatus, StepViewStatus } from '#contracts/rest.js';
import type { Style } from './style.js';

type Status = StepViewStatus | RunViewStatus;

const SYMBOLS: Readonly<Record<Status, string>> = {
  pending: '·',
  queued: '·',
  running: '▸',
  canceling: '▸',
  succeeded: '✓',
  failed: '✗',
  skipped: '-',
  canceled: '■',
};

/** One character. */
export function symbolOf(status: Status): string {
  return SYMBOLS[status] ?? '?';
}

export function paintStatus(status: Status, text: string, style: Style): string {
  switch (status) {
    case 'succeeded':
      return style.good(text);
    case 'failed':
      return style.bad(text);
    case 'running':
    case 'canceling':
      return style.active(text);
    case 'canceled':
      return style.warn(text);
    default:
      return style.faint(text);
  }
}
