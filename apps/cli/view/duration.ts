const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Milliseconds as people say them, two units at most: `340ms`, `1.2s`, `3m05s`, `2h07m`, `4d02h`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) {
    return '0ms';
  }
  if (ms < SECOND) {
    return `${Math.floor(ms)}ms`;
  }
  if (ms < MINUTE) {
    return `${(Math.floor(ms / 100) / 10).toFixed(1)}s`;
  }
  if (ms < HOUR) {
    return pair(ms, MINUTE, 'm', SECOND, 's');
  }
  return ms < DAY ? pair(ms, HOUR, 'h', MINUTE, 'm') : pair(ms, DAY, 'd', HOUR, 'h');
}

function pair(ms: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((ms % large) / small);
  return `${Math.floor(ms / large)}${largeUnit}${String(rest).padStart(2, '0')}${smallUnit}`;
}

/** Time between two RFC 3339 moments, the second `now` (milliseconds) while it has not come; empty before the first. */
export function formatSpan(startedAt: string | undefined, endedAt: string | undefined, now: number): string {
  if (startedAt === undefined) {
    return '';
  }
  const end = endedAt === undefined ? now : Date.parse(endedAt);
  return formatDuration(end - Date.parse(startedAt));
}
