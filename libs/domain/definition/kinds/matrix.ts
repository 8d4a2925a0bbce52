import type { Json } from '../../json.js';
import { suggest } from '../../validation/nearest.js';
import { atKey, atValue } from '../../validation/report.js';
import { checkIdentifier } from '../names.js';
import { quote } from '../path.js';
import type { NodeSource, Reading } from '../reading.js';
import { entriesOf, entryOf, isList, isMap, itemsOf, type Spot, type TreeMap } from '../tree.js';
import { readMap } from '../values.js';
import { type ItemSource, readListTemplate } from './item-source.js';

const MAX_ITEMS = 10_000;

const EXAMPLE = 'Write `matrix: { os: [linux, windows], node: [22, 24] }`.';

interface Context {
  readonly owner: NodeSource;
  readonly reading: Reading;
}

/** `matrix`, at `spot`, with `exclude` and `include` beside it in `map`. */
export function readMatrix(spot: Spot, map: Spot<TreeMap>, context: Context): ItemSource | undefined {
  const { owner, reading } = context;
  const { report } = reading;
  const lists = readMap(spot, report, EXAMPLE);
  if (lists === undefined) return undefined;
  if (lists.node.entries.size === 0) report.add('block-empty', atKey(lists), 'There is no list.', EXAMPLE);
  const matrix: [string, Json][] = [];
  let count: number | undefined = 1;
  for (const [name, list] of entriesOf(lists)) {
    checkIdentifier(name, list, report, 'a list of a matrix');
    matrix.push([name, readListTemplate(list, owner, reading).value]);
    count = isList(list) && count !== undefined ? count * list.node.items.length : undefined;
  }
  const known = new Set(lists.node.entries.keys());
  const exclude = readItems(entryOf(map, 'exclude'), context, known);
  const include = readItems(entryOf(map, 'include'), context);
  const total = addCounts(count, include?.count ?? (include === undefined ? 0 : undefined));
  // What is excluded is combined all the same.
  const most = Math.max(count ?? 0, exclude === undefined ? (total ?? 0) : 0);
  if (most > MAX_ITEMS) {
    const message = `These make ${most} combinations, and ${MAX_ITEMS} is the most.`;
    report.add('matrix-too-large', atKey(lists), message, 'Shorten the lists, or nest two forEach steps.');
  }
  return {
    items: {
      matrix: Object.fromEntries(matrix),
      ...(exclude === undefined ? {} : { exclude: exclude.value }),
      ...(include === undefined ? {} : { include: include.value }),
    },
    count: total,
  };
}

function addCounts(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

/** A list of maps, or an expression that yields one; `known` names all that their members may be called. */
function readItems(
  spot: Spot | undefined,
  { owner, reading }: Context,
  known?: ReadonlySet<string>,
): { readonly value: Json; readonly count: number | undefined } | undefined {
  if (spot === undefined) return undefined;
  const { report } = reading;
  const { value } = readListTemplate(spot, owner, reading);
  if (!isList(spot)) return { value, count: undefined };
  for (const item of itemsOf(spot)) {
    if (isMap(item)) {
      for (const [name, member] of entriesOf(item)) {
        if (known === undefined || known.has(name)) continue;
        report.add('key-unknown', atKey(member), `The matrix has no list ${quote(name)}.`, () =>
          suggest(name, known, `Its lists are ${[...known].join(', ')}.`),
        );
      }
    } else if (!(item.node.kind === 'scalar' && String(item.node.value).includes('${{'))) {
      report.add('type-mismatch', atValue(item), 'This must be a map of names and values.', EXAMPLE);
    }
  }
  return { value, count: spot.node.items.length };
}
