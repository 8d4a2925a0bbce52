/**
 * P(Z >= z) of the standard normal distribution, to 14 digits or so: near the middle by the series of its integral
 * (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.11), further out by its continued fraction (26.2.14).
 */
export function computeNormalTail(z: number): number {
  if (z < 0) return 1 - computeNormalTail(-z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 3) {
    let term = z;
    let sum = z;
    for (let odd = 3; term > sum * 1e-17; odd += 2) {
      term *= (z * z) / odd;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  let fraction = z;
  for (let level = 60; level >= 1; level--) fraction = z + level / fraction;
  return density / fraction;
}
