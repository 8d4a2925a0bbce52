/** Numbers in [0, 1), the same for the same seed on every machine: mulberry32 (T. Ettinger, public domain). */
export type Random = () => number;

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` different whole numbers below `limit`, in rising order. */
export function chooseSome(limit: number, count: number, random: Random): Int32Array {
  const all = Int32Array.from({ length: limit }, (_, at) => at);
  const wanted = Math.min(count, limit);
  for (let at = 0; at < wanted; at += 1) {
    const other = at + Math.floor(random() * (limit - at));
    [all[at], all[other]] = [all[other]!, all[at]!];
  }
  return all.slice(0, wanted).sort();
}
