import type { OperationView } from '#contracts/rest/operations.js';
import { toPlainText } from './plain-text.js';
import { paintStatus, symbolOf } from './step-symbol.js';
import type { Style } from './style.js';

/** `▸ skipping deploy; step skipped, run running (run 0199…)` */
export function renderOperation({ run, status, step }: OperationView, done: string, style: Style): string {
  const states = [...(step === undefined ? [] : [`step ${step.status}`]), `run ${status}`];
  const what = toPlainText(`${symbolOf(status)} ${done}; ${states.join(', ')}`);
  return `${paintStatus(status, what, style)} ${style.faint(`(run ${toPlainText(run)})`)}`;
}
