import type { TickNote, TickOutcome } from '#contracts/schedules.js';

/** A tick of a schedule, which lasts until the run that it stands for has ended. */
export interface TickScenario {
  readonly name: string;
  /** What is known at once; nothing while its run goes on. */
  readonly known?: TickOutcome;
  /** Told by a signal. */
  readonly told?: TickOutcome;
  readonly canceled?: true;
  /** What is known once it is to end. */
  readonly knownThen?: TickOutcome;
  readonly at?: number;
}

export const TICKS: readonly TickScenario[] = [
  { name: 'tick-of-nothing', known: 'gone' },
  { name: 'tick-paused', known: 'paused', at: 1_760_000_000_000 },
  { name: 'tick-told', told: 'succeeded' },
  { name: 'tick-told-of-failure', told: 'failed' },
  { name: 'tick-canceled', canceled: true, knownThen: 'canceled' },
  { name: 'tick-canceled-too-late', canceled: true, knownThen: 'succeeded' },
  { name: 'tick-canceled-and-told', canceled: true, told: 'canceled' },
];

export function noteOf({ known, knownThen }: TickScenario, { canceled }: TickNote): TickOutcome | undefined {
  return canceled ? knownThen : known;
}
