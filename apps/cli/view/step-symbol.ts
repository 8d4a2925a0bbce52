import type { RunViewStatus, StepViewStatus } from '#contracts/rest/runs.js';
import type { Style } from './style.js';

type Status = StepViewStatus | RunViewStatus;

interface Look {
  /** One character. */
  readonly symbol: string;
  readonly paint: keyof Style;
}

const LOOKS: Readonly<Record<Status, Look>> = {
  pending: { symbol: '·', paint: 'faint' },
  queued: { symbol: '·', paint: 'faint' },
  running: { symbol: '▸', paint: 'active' },
  canceling: { symbol: '▸', paint: 'active' },
  'rolling-back': { symbol: '◂', paint: 'active' },
  waiting: { symbol: '◇', paint: 'warn' },
  paused: { symbol: '‖', paint: 'warn' },
  succeeded: { symbol: '✓', paint: 'good' },
  failed: { symbol: '✗', paint: 'bad' },
  rejected: { symbol: '⊘', paint: 'warn' },
  canceled: { symbol: '■', paint: 'warn' },
  skipped: { symbol: '-', paint: 'faint' },
};

/** What a newer server may say. */
const UNKNOWN: Look = { symbol: '?', paint: 'faint' };

/** One character. */
export function symbolOf(status: Status): string {
  return lookOf(status).symbol;
}

export function paintStatus(status: Status, text: string, style: Style): string {
  return style[lookOf(status).paint](text);
}

function lookOf(status: Status): Look {
  return Object.hasOwn(LOOKS, status) ? LOOKS[status] : UNKNOWN;
}
