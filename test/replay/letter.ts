import { createHash } from 'node:crypto';
import type { Replayed } from './replay-histories.js';

/**
 * What Temporal does not compare when it replays, in short: arguments, options, results (`commands`), and what the
 * projection is told (`told`).
 */
export interface Letter {
  readonly commands: string;
  readonly told: string;
}

/** @param events of the history: as far as the tasks go that knew no more of them */
export function letterOf({ activations }: Replayed, events = Number.POSITIVE_INFINITY): Letter {
  const meant = activations.filter((one) => one.events <= events);
  return {
    commands: digest(meant.flatMap(({ commands }) => commands)),
    told: digest(meant.flatMap(({ told }) => told)),
  };
}

export function isSame(one: Letter, other: Letter | undefined): boolean {
  return one.commands === other?.commands && one.told === other.told;
}

/** Without what names lines of the build. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, item) => (key === 'stackTrace' ? undefined : item)));
}

function digest(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(plain(value)))
    .digest('hex')
    .slice(0, 12);
}
