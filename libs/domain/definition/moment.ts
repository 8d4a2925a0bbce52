const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:[Zz]|[+-](\d\d):(\d\d))$/;

/** Milliseconds since the epoch of an RFC 3339 date-time (the leap second excepted); undefined for any other text. */
export function parseMoment(text: string): number | undefined {
  const match = RFC_3339.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  if (Number(match[7] ?? 0) > 23 || Number(match[8] ?? 0) > 59) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day));
  // Date rolls the 30th of February over into March.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return Date.parse(text.toUpperCase());
}
