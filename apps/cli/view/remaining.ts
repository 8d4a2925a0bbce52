import type { RemainingView } from '#contracts/rest/history.js';
import { formatDuration } from './duration.js';
import type { Style } from './style.js';

/** `about 63% of its time is over, 1m20s left, at most 2m05s (by 40 runs)`; nothing where too few runs tell. */
export function renderRemaining(remaining: RemainingView, style: Style): string[] {
  const { conclusive, percent, p50Ms, p90Ms, runs } = remaining;
  if (!conclusive) return [];
  const left = `${formatDuration(p50Ms)} left, at most ${formatDuration(p90Ms)}`;
  return [style.faint(`about ${percent}% of its time is over, ${left} (by ${runs} runs)`)];
}
