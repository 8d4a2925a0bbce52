import { InvalidArgumentError } from 'commander';

const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
};

/** Bytes of `16GiB`, `1.5 GB` or `1048576`. Throws commander's error for an argument that is none. */
export function parseBytes(text: string): number {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(text) ?? [];
  const factor = Object.hasOwn(FACTORS, unit) ? FACTORS[unit]! : Number.NaN;
  const bytes = Math.round((amount === '' ? Number.NaN : Number(amount)) * factor);
  if (!Number.isSafeInteger(bytes)) {
    throw new InvalidArgumentError('It is no size: write for example 512MiB or 16GiB.');
  }
  return bytes;
}
