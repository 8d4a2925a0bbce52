import { type CelFunc, celFunc, celUint } from '@bufbuild/cel';
import { chargeBuilt } from './meter.js';
import { BYTES, DOUBLE, INT, STRING, UINT } from './types.js';

const WHOLE = /^[+-]?\d{1,20}$/;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;
const MAX_UINT = 2n ** 64n - 1n;

/** Digits beyond which no number is read. */
const MAX_DIGITS = 400;

/** Conversions from text that refuse what is no number, and between text and bytes within the budget. */
export const conversions: readonly CelFunc[] = [
  celFunc('int', [STRING], INT, (text) => readWhole(text, 'int', MIN_INT, MAX_INT)),
  celFunc('uint', [STRING], UINT, (text) => celUint(readWhole(text, 'uint', 0n, MAX_UINT))),
  celFunc('double', [STRING], DOUBLE, readDecimal),
  celFunc('bytes', [STRING], BYTES, (text) => {
    chargeBuilt(text.length);
    // A copy: in a sandbox the encoder belongs to the outside, and so would its Uint8Array.
    const bytes = new Uint8Array(new TextEncoder().encode(text));
    chargeBuilt(bytes.length);
    return bytes;
  }),
  celFunc('string', [BYTES], STRING, (bytes) => {
    chargeBuilt(bytes.length);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  }),
  celFunc('_+_', [BYTES, BYTES], BYTES, (left, right) => {
    chargeBuilt(left.length + right.length);
    const joined = new Uint8Array(left.length + right.length);
    joined.set(left);
    joined.set(right, left.length);
    return joined;
  }),
];

function readWhole(text: string, type: string, min: bigint, max: bigint): bigint {
  const number = WHOLE.test(text) ? BigInt(text.replace('+', '')) : undefined;
  if (number === undefined || number < min || number > max) throw new Error(`${quote(text)} is no ${type}`);
  return number;
}

function readDecimal(text: string): number {
  if (text.length > MAX_DIGITS || !DECIMAL.test(text)) throw new Error(`${quote(text)} is no double`);
  return Number(text);
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}
