import { SluiceError } from '#domain/errors.js';

/** Why a source gives no number. */
export const MISSING_CODES = [
  'metric-access-refused',
  'metric-ambiguous',
  'metric-answer-invalid',
  'metric-clock',
  'metric-empty',
  'metric-not-finite',
  'metric-partial',
  'metric-query-refused',
  'metric-rate-limited',
  'metric-samples-too-many',
  'metric-source-failed',
  'metric-stale',
  'metric-timeout',
  'metric-too-few',
  'metric-unknown',
  'metric-unreachable',
] as const;

type MissingCode = (typeof MISSING_CODES)[number];

export function createMetricMissing(code: MissingCode, message: string, hint: string): SluiceError {
  return new SluiceError({ code, fault: 'operational', message, hint });
}

/** Reasons that another attempt may not meet again. */
export const PASSING_REASONS: ReadonlySet<string> = new Set([
  'metric-rate-limited',
  'metric-source-failed',
  'metric-stale',
  'metric-timeout',
  'http-connection-failed',
  'http-timeout',
]);
