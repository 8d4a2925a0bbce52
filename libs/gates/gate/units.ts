type Dimension = 'time' | 'size' | 'share';

interface Unit {
  readonly dimension: Dimension;
  /** Of the smallest unit of its dimension. */
  readonly factor: number;
}

/** What may stand behind a number; `m` are minutes, as in durations, and KB are 1000 bytes, KiB 1024. */
const UNITS: ReadonlyMap<string, Unit> = new Map([
  ['us', { dimension: 'time', factor: 1e-3 }],
  ['ms', { dimension: 'time', factor: 1 }],
  ['s', { dimension: 'time', factor: 1_000 }],
  ['m', { dimension: 'time', factor: 60_000 }],
  ['h', { dimension: 'time', factor: 3_600_000 }],
  ['B', { dimension: 'size', factor: 1 }],
  ['KB', { dimension: 'size', factor: 1e3 }],
  ['MB', { dimension: 'size', factor: 1e6 }],
  ['GB', { dimension: 'size', factor: 1e9 }],
  ['KiB', { dimension: 'size', factor: 2 ** 10 }],
  ['MiB', { dimension: 'size', factor: 2 ** 20 }],
  ['GiB', { dimension: 'size', factor: 2 ** 30 }],
  ['%', { dimension: 'share', factor: 1 }],
]);

export const UNIT_NAMES: readonly string[] = [...UNITS.keys()];

export function isUnit(text: string): boolean {
  return UNITS.has(text);
}

/**
 * `value` in another unit; undefined where the two have nothing in common. What has no unit is taken to be in the unit
 * that it is compared with.
 */
export function convert(value: number, from: string | undefined, to: string | undefined): number | undefined {
  if (from === undefined || to === undefined || from === to) return value;
  const [one, other] = [UNITS.get(from), UNITS.get(to)];
  if (one === undefined || one.dimension !== other?.dimension) return undefined;
  return round(value * (one.factor / other.factor));
}

/** To 12 digits: what arithmetic in another unit adds beyond them is noise, and decides nothing. */
export function round(value: number): number {
  return Number(value.toPrecision(12));
}
