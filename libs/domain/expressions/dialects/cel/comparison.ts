import {
  type CelFunc,
  type CelList,
  type CelMap,
  type CelValue,
  celEnv,
  celFunc,
  isCelList,
  isCelMap,
} from '@bufbuild/cel';
import { charge, chargeElements, chargeText, MAX_VALUE_DEPTH } from './meter.js';
import { BOOL, BYTES, DOUBLE, DYN, INT, LIST, MAP, STRING, UINT } from './types.js';

const equalsScalar = celEnv().funcs.find('_==_')!;

const ORDERS: Readonly<Record<string, (order: number) => boolean>> = {
  '_<_': (order) => order < 0,
  '_<=_': (order) => order <= 0,
  '_>_': (order) => order > 0,
  '_>=_': (order) => order >= 0,
};

/** Equality, order and membership, as CEL defines them, charged for by the size of what is compared. */
export const comparison: readonly CelFunc[] = [
  celFunc('_==_', [DYN, DYN], BOOL, (left, right) => equals(left, right, 0)),
  celFunc('_!=_', [DYN, DYN], BOOL, (left, right) => !equals(left, right, 0)),
  ...Object.entries(ORDERS).flatMap(([name, accepts]) => [
    celFunc(name, [STRING, STRING], BOOL, (left, right) => accepts(compareTexts(left, right))),
    celFunc(name, [BYTES, BYTES], BOOL, (left, right) => accepts(compareBytes(left, right))),
  ]),
  celFunc('@in', [DYN, LIST], BOOL, isElement),
  ...[STRING, DOUBLE, INT, BOOL, UINT].map((key) =>
    // Not map.has: to that, a member that is null is none.
    celFunc('@in', [key, MAP], BOOL, (name, map) => map.get(name as string) !== undefined),
  ),
];

function equals(left: CelValue, right: CelValue, depth: number): boolean {
  if (depth > MAX_VALUE_DEPTH) throw new Error('values nested too deeply to compare');
  if (isCelList(left)) return isCelList(right) && equalsList(left, right, depth);
  if (isCelMap(left)) return isCelMap(right) && equalsMap(left, right, depth);
  if (typeof left === 'string' && typeof right === 'string') {
    if (left.length !== right.length) return false;
    chargeText(left.length);
    return left === right;
  }
  if (left instanceof Uint8Array) chargeText(left.length);
  return equalsScalar.call(0, undefined, [left, right]) === true;
}

function equalsList(left: CelList, right: CelList, depth: number): boolean {
  if (left.size !== right.size) return false;
  for (let index = 0; index < left.size; index++) {
    chargeElements(1);
    if (!equals(left.get(index)!, right.get(index)!, depth + 1)) return false;
  }
  return true;
}

function equalsMap(left: CelMap, right: CelMap, depth: number): boolean {
  if (left.size !== right.size) return false;
  for (const [key, value] of left) {
    chargeElements(1);
    const other = right.get(key);
    if (other === undefined || !equals(value, other, depth + 1)) return false;
  }
  return true;
}

function isElement(value: CelValue, list: CelList): boolean {
  for (const element of list) {
    chargeElements(1);
    if (equals(value, element, 0)) return true;
  }
  return false;
}

function compareTexts(left: string, right: string): number {
  chargeText(left.length + right.length);
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const shared = Math.min(left.length, right.length);
  charge(shared / 256);
  for (let index = 0; index < shared; index++) {
    const order = left[index]! - right[index]!;
    if (order !== 0) return order;
  }
  return left.length - right.length;
}
