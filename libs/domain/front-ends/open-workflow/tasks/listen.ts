import {
  descend,
  entriesOf,
  entryOf,
  isList,
  isMap,
  isScalar,
  itemsOf,
  type Spot,
  type TreeMap,
  toJson,
} from '../../../definition/tree.js';
import type { EventFilter, NodeKinds } from '../../../plan/plan.js';
import type { Builder } from '../builder.js';
import { unwrap } from '../expressions.js';
import { pointer } from '../task.js';
import type { CompileTask } from './compile-task.js';

type Listen = NodeKinds['listen'];

export const compileListen: CompileTask = ({ spot, reference }, builder, place, context) => {
  const head = entryOf(spot, 'listen') as Spot<TreeMap>;
  const to = entryOf(head, 'to') as Spot<TreeMap>;
  const read = entryOf(head, 'read');
  const form = read === undefined ? 'data' : toJson(read.node);
  const iterator = entryOf(spot, 'foreach');
  const each = iterator !== undefined && isMap(iterator) ? iterator : undefined;
  for (const key of ['output', 'export']) {
    const unsupported = each === undefined ? undefined : entryOf(each, key);
    if (unsupported !== undefined)
      builder.refuse(
        'open-workflow-unsupported',
        unsupported,
        `\`${key}\` of \`foreach\` is not supported here.`,
        'Write it at the last task under its `do`.',
      );
  }
  const name = (key: string, otherwise: string) => {
    const written = each === undefined ? undefined : entryOf(each, key);
    return written === undefined ? otherwise : String(toJson(written.node)).replace(/^\$/, '');
  };
  const loops = [...place.loops, place.parent!];
  return {
    kind: 'listen',
    ...readStrategy(to, builder),
    ...readUntil(to, builder),
    read: form === 'data' ? 'data' : 'envelope',
    ...(each === undefined
      ? {}
      : {
          each: {
            as: name('item', 'item'),
            at: name('at', 'index'),
            block: builder.readBlock(
              entryOf(each, 'do'),
              pointer(reference, 'foreach', 'do'),
              { ...place, loops },
              context,
            ),
          },
        }),
  };
};

function readStrategy(to: Spot<TreeMap>, builder: Builder): Pick<Listen, 'takes' | 'filters'> {
  const one = entryOf(to, 'one');
  if (one !== undefined) return { takes: 'one', filters: [readFilter(one as Spot<TreeMap>, builder)] };
  const takes = entryOf(to, 'all') === undefined ? 'any' : 'all';
  const list = descend(to, [takes]);
  const filters = isList(list) ? itemsOf(list).map((item) => readFilter(item as Spot<TreeMap>, builder)) : [];
  return { takes, filters };
}

function readUntil(to: Spot<TreeMap>, builder: Builder): Pick<Listen, 'untilCondition' | 'untilEvents'> {
  const until = entryOf(to, 'until');
  if (until === undefined) return {};
  if (isScalar(until)) return { untilCondition: builder.readCondition(until, String(until.node.value)) };
  return { untilEvents: readStrategy(until as Spot<TreeMap>, builder) };
}

function readFilter(spot: Spot<TreeMap>, builder: Builder): EventFilter {
  const attributes = entryOf(spot, 'with');
  const correlate = entryOf(spot, 'correlate');
  return {
    with: (attributes !== undefined && isMap(attributes) ? entriesOf(attributes) : []).map(
      ([name, value]) => {
        const written = toJson(value.node);
        if (typeof written !== 'string' || unwrap(written) === undefined)
          return [name, { value: written }] as const;
        return [name, { expression: builder.readExpression(value, written) }] as const;
      },
    ),
    ...(correlate === undefined || !isMap(correlate)
      ? {}
      : {
          correlate: entriesOf(correlate).map(([key, value]) => {
            const from = entryOf(value as Spot<TreeMap>, 'from')!;
            const expect = entryOf(value as Spot<TreeMap>, 'expect');
            return {
              key,
              from: builder.readExpression(from, String(toJson(from.node))),
              ...(expect === undefined ? {} : { expect: builder.readTemplate(expect) }),
            };
          }),
        }),
  };
}
