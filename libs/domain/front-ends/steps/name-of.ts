import { entriesOf, isMap, type Spot } from '../../definition/tree.js';
import { textOf } from './keys.js';

/** By which the document knows a step: its id, or else its name. */
export function nameOf(spot: Spot): string {
  if (!isMap(spot)) return '';
  const found =
    entriesOf(spot).find(([key]) => /^(id|(step|task|job|node)[_-]?id)$/i.test(key)) ??
    entriesOf(spot).find(([key]) => key === 'name');
  return textOf(found?.[1]) ?? '';
}
