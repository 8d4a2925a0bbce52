import { type CelFunc, type CelUint, celFunc, isCelUint } from '@bufbuild/cel';
import { DOUBLE, INT, UINT } from './types.js';

type Numeric = bigint | number | CelUint;

const OPERATIONS: Readonly<Record<string, (left: number, right: number) => number>> = {
  '_+_': (left, right) => left + right,
  '_-_': (left, right) => left - right,
  '_*_': (left, right) => left * right,
  '_/_': (left, right) => left / right,
};

const MIXES = [
  [INT, DOUBLE],
  [DOUBLE, INT],
  [UINT, DOUBLE],
  [DOUBLE, UINT],
  [INT, UINT],
  [UINT, INT],
] as const;

/** Arithmetic between kinds of numbers, which CEL leaves out: in double, since JSON knows one kind only. */
export const arithmetic: readonly CelFunc[] = Object.entries(OPERATIONS).flatMap(([name, compute]) =>
  MIXES.map((operands) =>
    celFunc(name, operands, DOUBLE, (left: Numeric, right: Numeric) =>
      compute(toDouble(left), toDouble(right)),
    ),
  ),
);

function toDouble(value: Numeric): number {
  return Number(isCelUint(value) ? value.value : value);
}
