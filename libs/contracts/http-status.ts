import type { FailureClass } from '#domain/execution/step-error.js';

/** Whether a service that answered so may answer otherwise later. */
export function isWorthRetrying(status: number): boolean {
  return (
    status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501 && status !== 505)
  );
}

export function classifyStatus(status: number): FailureClass {
  if (status === 429) return 'rate-limit';
  if (status === 401 || status === 403 || status === 407) return 'auth';
  if ([408, 425, 502, 503, 504].includes(status)) return 'transient';
  return status >= 500 ? 'dependency' : 'configuration';
}

/** Milliseconds of a Retry-After: seconds or a date (RFC 9110 §10.2.3); at most an hour. */
export function readRetryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) && ms >= 0 ? Math.min(ms, 3_600_000) : undefined;
}
