import {
  type CelFunc,
  type CelInput,
  type CelValue,
  celFunc,
  celList,
  isCelList,
  isCelMap,
} from '@bufbuild/cel';
import { chargeElements } from './meter.js';
import { DYN, LIST } from './types.js';

/** The arrays behind lists that a macro is still filling. */
const growing = new WeakMap<object, CelInput[]>();

/** Joining lists, and what `instrument` puts into macros. The latter cannot be called from a source. */
export const lists: readonly CelFunc[] = [
  celFunc('_+_', [LIST, LIST], LIST, (left, right) => {
    chargeElements(left.size + right.size);
    return celList([...left, ...right]);
  }),
  /** The range of a macro, charged for: it is listed before the first turn. */
  celFunc('@range', [DYN], DYN, (range: CelValue) => {
    if (isCelList(range) || isCelMap(range)) chargeElements(range.size);
    return range;
  }),
  /** A new list, for one macro's accumulator only. */
  celFunc('@list', [], LIST, () => {
    const items: CelInput[] = [];
    const list = celList(items);
    growing.set(list, items);
    return list;
  }),
  celFunc('@append', [LIST, DYN], LIST, (list, item) => {
    growing.get(list)?.push(item);
    return list;
  }),
];
