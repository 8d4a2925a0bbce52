import type { Json } from '../../../../json.js';
import type { Computes } from '../builtins.js';
import { JqError } from '../error.js';
import { describe, requireNumber } from '../values.js';

const UNARY: Readonly<Record<string, (value: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round: (value) => Math.sign(value) * Math.round(Math.abs(value)),
  trunc: Math.trunc,
  rint: roundToEven,
  nearbyint: roundToEven,
  sqrt: Math.sqrt,
  cbrt: Math.cbrt,
  fabs: Math.abs,
  abs: Math.abs,
  exp: Math.exp,
  exp2: (value) => 2 ** value,
  exp10: (value) => 10 ** value,
  expm1: Math.expm1,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  significand: (value) => (value === 0 || !Number.isFinite(value) ? value : value / 2 ** exponentOf(value)),
  logb: (value) => (value === 0 ? -Infinity : exponentOf(value)),
};

const BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  pow: (a, b) => a ** b,
  atan2: Math.atan2,
  fmin: Math.min,
  fmax: Math.max,
  fmod: (a, b) => a % b,
  ldexp: (a, b) => a * 2 ** b,
  scalb: (a, b) => a * 2 ** b,
  hypot: Math.hypot,
};

export const numbers: Computes = {
  ...Object.fromEntries(
    Object.entries(UNARY).map(([name, compute]) => [
      `${name}/0`,
      (_: unknown, input: Json) => compute(requireNumber(input, name)),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(BINARY).map(([name, compute]) => [
      `${name}/2`,
      (_: unknown, _input: Json, a?: Json, b?: Json) =>
        compute(requireNumber(a!, name), requireNumber(b!, name)),
    ]),
  ),
  'infinite/0': () => Infinity,
  'nan/0': () => Number.NaN,
  'isinfinite/0': (_, input) => Math.abs(requireNumber(input, 'isinfinite')) === Infinity,
  'isnan/0': (_, input) => Number.isNaN(requireNumber(input, 'isnan')),
  'isnormal/0': (_, input) => {
    const value = Math.abs(requireNumber(input, 'isnormal'));
    return Number.isFinite(value) && value >= 2 ** -1022;
  },
  'tonumber/0': (_, input) => {
    if (typeof input === 'number') return input;
    const text = typeof input === 'string' ? input.trim() : '';
    if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number(text);
    if (text === 'nan') return Number.NaN;
    throw new JqError(`${describe(input)} cannot be parsed as a number`);
  },
};

function exponentOf(value: number): number {
  return Math.floor(Math.log2(Math.abs(value)));
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
