const UNITS: readonly (readonly [pattern: RegExp, minutes: number])[] = [
  [/^s(ec(ond)?s?)?$/, 1 / 60],
  [/^m(in(ute)?s?)?$/, 1],
  [/^h(ou?rs?)?$/, 60],
  [/^d(ays?)?$/, 1440],
  [/^w(eeks?)?$/, 10_080],
];

/** Minutes of `1h 30m`, `90 minutes`, `3 hours and 10 mins`; a number alone is taken in `unit`. */
export function readMinutes(text: string, unit = 's'): number | undefined {
  let minutes: number | undefined;
  for (const [, amount, name] of text.toLowerCase().matchAll(/(\d{1,9}(?:\.\d{1,9})?)\s*([a-z]*)/g)) {
    const factor = UNITS.find(([pattern]) => pattern.test(name || unit))?.[1];
    if (factor === undefined) return undefined;
    minutes = (minutes ?? 0) + Number(amount) * factor;
  }
  return minutes === undefined ? undefined : Math.round(minutes * 100) / 100;
}
