import { isMap, isNode, isScalar, type Pair, parseDocument, type Scalar } from 'yaml';
import type { Json } from '../json.js';
import { quoteLines } from './quote-lines.js';

/** A change by the keys from the root down: a value that is set, or entries of a map put in another order. */
export type TextEdit =
  | { readonly path: readonly (string | number)[]; readonly value: Json }
  | { readonly path: readonly (string | number)[]; readonly order: readonly string[] };

/**
 * The text of a valid definition with changes made, all else and its comments kept; undefined where a path leads
 * through an alias, whose other uses would change with it, or to nothing.
 */
export function editText(text: string, edits: readonly TextEdit[]): string | undefined {
  const document = parseDocument(text, { merge: false, resolveKnownTags: false, logLevel: 'silent' });
  for (const edit of edits) {
    const parent = document.getIn('value' in edit ? edit.path.slice(0, -1) : edit.path, true);
    if (!isMap(parent)) return undefined;
    if ('value' in edit) {
      const before = document.getIn(edit.path, true);
      const node = document.createNode(edit.value, { flow: true });
      if (isNode(before) && before.comment) node.comment = before.comment;
      document.setIn(edit.path, node);
    } else if (!reorder(parent.items as Pair<Scalar>[], edit.order)) return undefined;
  }
  quoteLines(document);
  return document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER });
}

/** Puts the named entries, in this order, where they stood together. */
function reorder(items: Pair<Scalar>[], order: readonly string[]): boolean {
  const nameOf = ({ key }: Pair<Scalar>) => (isScalar(key) ? String(key.value) : '');
  const places = items.flatMap((pair, index) => (order.includes(nameOf(pair)) ? [index] : []));
  const moved = order.map((name) => items.find((pair) => nameOf(pair) === name));
  if (places.length !== order.length || moved.includes(undefined)) return false;
  places.forEach((place, index) => {
    items[place] = moved[index]!;
  });
  return true;
}
