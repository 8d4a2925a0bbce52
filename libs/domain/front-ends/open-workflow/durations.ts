import { isJsonObject, type Json } from '../../json.js';

const UNITS = {
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1_000,
  milliseconds: 1,
} as const;

/** ISO 8601 as the standard's pattern has it; a year counts 365 days and a month 30. */
const ISO =
  /^P(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

const ISO_UNITS = [
  365 * UNITS.days,
  30 * UNITS.days,
  7 * UNITS.days,
  UNITS.days,
  UNITS.hours,
  UNITS.minutes,
  UNITS.seconds,
];

/** Milliseconds of a duration as it is written; undefined for one that is none, or that is computed. */
export function readDuration(value: Json): number | undefined {
  if (isJsonObject(value)) {
    return Object.entries(value).reduce<number | undefined>((sum, [unit, amount]) => {
      if (sum === undefined || typeof amount !== 'number' || !Object.hasOwn(UNITS, unit)) return undefined;
      return sum + amount * UNITS[unit as keyof typeof UNITS];
    }, 0);
  }
  const match = typeof value === 'string' ? ISO.exec(value) : null;
  if (match === null) return undefined;
  return Math.round(ISO_UNITS.reduce((sum, unit, at) => sum + Number(match[at + 1] ?? 0) * unit, 0));
}

/** jq that turns the value of a computed duration, text or map, into text that a `wait` reads. */
export function durationSource(source: string): string {
  const sum = Object.entries(UNITS)
    .map(([unit, ms]) => `(.${unit} // 0) * ${ms}`)
    .join(' + ');
  return `(${source}\n) | if type == "object" then "\\(${sum} | floor)ms" else . end`;
}
