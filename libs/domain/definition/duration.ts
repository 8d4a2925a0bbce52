const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const MAX_MS = 366 * UNITS.d;

const SHORT = /^(\d{1,15})(ms|s|m|h|d)$/;

/** ISO 8601-1:2019, 5.5.2, without years and months, whose length varies. */
const ISO =
  /^P(?:(\d{1,9})W|(?:(\d{1,9})D)?(T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12}(?:[.,]\d{1,9})?)S)?)?)$/;

/**
 * Milliseconds of `500ms`, `10s`, `5m`, `2h`, `1d` or of an ISO 8601 duration (`PT1H30M`, `P1D`, `P2W`);
 * undefined for any other text and for more than 366 days.
 */
export function parseDuration(text: string): number | undefined {
  const ms = parseShort(text) ?? parseIso(text);
  return ms === undefined || ms > MAX_MS ? undefined : ms;
}

function parseShort(text: string): number | undefined {
  const match = SHORT.exec(text);
  return match === null ? undefined : Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
}

function parseIso(text: string): number | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, weeks, days, time, hours, minutes, seconds] = match;
  // `P` and `PT` name no amount, nor does the `T` of `P1DT`.
  if (weeks === undefined && days === undefined && time === undefined) return undefined;
  if (time === 'T') return undefined;
  return Math.round(
    (Number(weeks ?? 0) * 7 + Number(days ?? 0)) * UNITS.d +
      Number(hours ?? 0) * UNITS.h +
      Number(minutes ?? 0) * UNITS.m +
      Number((seconds ?? '0').replace(',', '.')) * UNITS.s,
  );
}
