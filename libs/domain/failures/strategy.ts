import type { FailureClass } from '../execution/step-error.js';

/**
 * What to do about a failure: `retry` with a growing pause, `wait` until a rate limit lets go, `ask` a person, `roll-back`
 * what was changed, `stop` since nothing but a change of code or definition helps.
 */
export type Strategy =
  | {
      readonly kind: 'retry';
      readonly attempts: number;
      readonly delayMs: number;
      readonly factor: number;
      readonly maxDelayMs: number;
      /** Share of each pause that is left to chance, so that many do not come back at once. */
      readonly jitter: number;
    }
  | {
      readonly kind: 'wait';
      readonly attempts: number;
      /** Until the limit lets go; where the failure names a time, that time. */
      readonly delayMs: number;
      readonly jitter: number;
      /** The failure itself named this time. */
      readonly named?: true;
    }
  | { readonly kind: 'ask' }
  | { readonly kind: 'roll-back' }
  | { readonly kind: 'stop' };

const MINUTE = 60_000;

const SOON: Strategy = {
  kind: 'retry',
  attempts: 4,
  delayMs: 2_000,
  factor: 2,
  maxDelayMs: MINUTE,
  jitter: 0.5,
};
export const LATER: Strategy = {
  kind: 'retry',
  attempts: 3,
  delayMs: 30_000,
  factor: 2,
  maxDelayMs: 5 * MINUTE,
  jitter: 0.5,
};
export const ONCE: Strategy = {
  kind: 'retry',
  attempts: 2,
  delayMs: 5_000,
  factor: 1,
  maxDelayMs: 5_000,
  jitter: 0.5,
};
export const ASK: Strategy = { kind: 'ask' };
export const ROLL_BACK: Strategy = { kind: 'roll-back' };
export const STOP: Strategy = { kind: 'stop' };

/** The longest pause that a log may ask for. */
const MAX_WAIT_MS = 60 * MINUTE;

export const STRATEGIES: Readonly<Record<FailureClass, Strategy>> = {
  transient: SOON,
  timeout: ONCE,
  'rate-limit': { kind: 'wait', attempts: 5, delayMs: MINUTE, jitter: 0.2 },
  auth: ASK,
  configuration: STOP,
  resource: ASK,
  test: STOP,
  code: STOP,
  infrastructure: LATER,
  dependency: LATER,
  canceled: STOP,
  unknown: ASK,
};

/** Pause before attempt `next` (from 2), in milliseconds; `chance` is in [0, 1). Undefined where it is not to be repeated. */
export function computePause(strategy: Strategy, next: number, chance: number): number | undefined {
  if (strategy.kind !== 'retry' && strategy.kind !== 'wait') return undefined;
  if (next > strategy.attempts) return undefined;
  const whole =
    strategy.kind === 'wait'
      ? strategy.delayMs
      : Math.min(strategy.maxDelayMs, strategy.delayMs * strategy.factor ** (next - 2));
  // A wait is never cut short: chance only lengthens it.
  const least = strategy.kind === 'wait' ? whole : whole * (1 - strategy.jitter);
  return Math.round(least + chance * strategy.jitter * whole);
}

/** `retry up to 4 attempts, after 2s, 4s, … at most 1m` */
export function describeStrategy(strategy: Strategy): string {
  switch (strategy.kind) {
    case 'retry':
      return `retry, ${strategy.attempts} attempts in all, after ${seconds(strategy.delayMs)}${
        strategy.factor > 1
          ? `, each pause ${strategy.factor} times the last, at most ${seconds(strategy.maxDelayMs)}`
          : ''
      }`;
    case 'wait':
      return `wait ${seconds(strategy.delayMs)} for the limit, ${strategy.attempts} attempts in all`;
    case 'ask':
      return 'ask a person';
    case 'roll-back':
      return 'roll back';
    case 'stop':
      return 'stop: another attempt ends the same way';
  }
}

function seconds(ms: number): string {
  return ms % MINUTE === 0 ? `${ms / MINUTE}m` : `${Math.round(ms / 100) / 10}s`;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: MINUTE, h: 60 * MINUTE };

/** The pause that a line asks for, as HTTP (RFC 9110, 10.2.3) and people write it; at most an hour. */
export function readPause(line: string): number | undefined {
  const found =
    /retry[- ]after['"]?\s{0,4}[:=]?\s{0,4}['"]?(\d{1,6})\s?(ms|s|m|h)?/i.exec(line) ??
    /(?:again|retry|retrying) in (?:about )?(\d{1,6})\s?(ms|s|m|h)?/i.exec(line) ??
    /(?:wait|reset(?:s)? in) (?:for )?(\d{1,6})\s?(ms|s|m|h)/i.exec(line);
  if (found === null) return undefined;
  const unit = UNITS[(found[2] ?? 's').toLowerCase()] ?? 1_000;
  return Math.min(MAX_WAIT_MS, Number(found[1]) * unit);
}

/** The strategy with the pause that the failure itself named. */
export function withPause(strategy: Strategy, pauseMs: number | undefined): Strategy {
  return strategy.kind === 'wait' && pauseMs !== undefined
    ? { ...strategy, delayMs: pauseMs, named: true }
    : strategy;
}
