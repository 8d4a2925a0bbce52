/** Farther from an even chance than this no model here goes: 1 in 20,000. */
const LIMIT = 10;

/** The probability of given log odds; exact at both ends, never 0 nor 1. */
export function toProbability(logOdds: number): number {
  const bounded = Math.max(-LIMIT, Math.min(LIMIT, logOdds));
  return 1 / (1 + Math.exp(-bounded));
}

export function toLogOdds(probability: number): number {
  const bounded = Math.max(1e-6, Math.min(1 - 1e-6, probability));
  return Math.log(bounded / (1 - bounded));
}
