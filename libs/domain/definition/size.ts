/** Units of IEC 80000-13 count by 1,024, those of the SI by 1,000. */
const UNITS = {
  B: 1,
  kB: 1_000,
  KB: 1_000,
  MB: 1_000_000,
  GB: 1_000_000_000,
  TB: 1_000_000_000_000,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
} as const;

const SIZE = /^(\d{1,16})([kKMGT]?i?B)$/;

export const MAX_SIZE = 2 ** 50;

/** Bytes of `512MiB`, `2GiB`, `1GB`, `100B`; undefined for any other text and for more than 1 PiB. */
export function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text);
  const unit = match?.[2];
  if (match === null || unit === undefined || !Object.hasOwn(UNITS, unit)) return undefined;
  const bytes = Number(match[1]) * UNITS[unit as keyof typeof UNITS];
  return bytes > MAX_SIZE ? undefined : bytes;
}
