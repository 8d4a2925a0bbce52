export interface Quadrature {
  /** Within (0, 1), rising. */
  readonly points: Float64Array;
  /** Their sum is 1. */
  readonly weights: Float64Array;
}

const found = new Map<number, Quadrature>();

/** Gauss and Legendre's points for integrals from 0 to 1, exact for polynomials of a degree below `degree`. */
export function findQuadrature(degree: number): Quadrature {
  const count = Math.max(1, Math.ceil(degree / 2));
  const known = found.get(count) ?? compute(count);
  found.set(count, known);
  return known;
}

const STEPS = 20;

function compute(count: number): Quadrature {
  const all = Array.from({ length: count }, (_, at) => {
    // Newton's method from a good guess at the root of Legendre's polynomial.
    let x = -Math.cos((Math.PI * (at + 0.75)) / (count + 0.5));
    for (let step = 0; step < STEPS; step += 1) {
      const { value, slope } = evaluateLegendre(count, x);
      x -= value / slope;
    }
    const { slope } = evaluateLegendre(count, x);
    return { point: (x + 1) / 2, weight: 1 / ((1 - x * x) * slope * slope) };
  });
  return {
    points: Float64Array.from(all, ({ point }) => point),
    weights: Float64Array.from(all, ({ weight }) => weight),
  };
}

function evaluateLegendre(count: number, x: number): { readonly value: number; readonly slope: number } {
  let [before, value] = [1, x];
  for (let n = 2; n <= count; n += 1)
    [before, value] = [value, ((2 * n - 1) * x * value - (n - 1) * before) / n];
  return { value, slope: (count * (x * value - before)) / (x * x - 1) };
}
