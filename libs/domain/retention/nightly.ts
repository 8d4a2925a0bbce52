const DAY_MS = 86_400_000;

/** The last moment, at or before `now`, of a time of day in UTC (`03:00`). */
export function computeLastNight(now: Date, time: string): Date {
  const [hours, minutes] = time.split(':').map(Number);
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), hours, minutes);
  return new Date(today <= now.getTime() ? today : today - DAY_MS);
}
