import type { SafeResponse } from '../../http/safe-client.js';

/** What clocks that are said to be right may differ by, in milliseconds. */
const SPARE_MS = 2_000;

/** From when on the platform's clock may have stamped what was sent at `since`, by ours. */
export function readEarliest(since: number, headers: SafeResponse['headers']): number {
  const theirs = Date.parse(headers['date'] ?? '');
  // Their moment is cut to a second.
  const lag = Number.isNaN(theirs) ? 0 : Math.max(0, Date.now() - theirs - 1_000);
  return since - lag - SPARE_MS;
}
