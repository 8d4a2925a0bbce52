import { descend, entryOf, isMap, type Spot, type TreeMap, toJson } from '../../../definition/tree.js';
import { isJsonObject, type JsonObject } from '../../../json.js';
import type { NodeKinds, ProblemFilter } from '../../../plan/plan.js';
import { spellingsOf } from '../error-types.js';
import { pointer } from '../task.js';
import type { CompileTask } from './compile-task.js';
import { readRetry } from './retry.js';

type Catch = NodeKinds['try']['catches'][number];

export const compileTry: CompileTask = ({ spot, reference }, builder, place, context) => {
  const head = entryOf(spot, 'catch') as Spot<TreeMap>;
  const retrySpot = entryOf(head, 'retry');
  const found = retrySpot && builder.reusables.resolve('retries', retrySpot, builder);
  const handles = entryOf(head, 'do') !== undefined || entryOf(head, 'then') !== undefined;
  const retry = found !== undefined && isMap(found) ? readRetry(found, builder, handles) : undefined;
  const filter = toJson(descend(head, ['errors', 'with']).node);
  const as = entryOf(head, 'as');
  const when = builder.conditionAt(head, 'when');
  const exceptWhen = builder.conditionAt(head, 'exceptWhen');
  const block = builder.readBlock(
    entryOf(spot, 'try'),
    pointer(reference, 'try'),
    { ...place, branch: 0 },
    context,
  );
  const caught: { -readonly [K in keyof Catch]: Catch[K] } = {
    as: as === undefined ? 'error' : String(toJson(as.node)).replace(/^\$/, ''),
    ...(entryOf(head, 'errors') !== undefined && isJsonObject(filter) && !('with' in filter)
      ? { filter: readFilter(filter) }
      : {}),
    ...(when === undefined ? {} : { when }),
    ...(exceptWhen === undefined ? {} : { exceptWhen }),
    ...(retry === undefined ? {} : { retry }),
    block: builder.readBlock(
      entryOf(head, 'do'),
      pointer(reference, 'catch', 'do'),
      { ...place, branch: 1 },
      context,
    ),
  };
  const then = entryOf(head, 'then');
  if (then !== undefined)
    builder.resolveLater(place.parent!, [{ spot: then, then: String(toJson(then.node)) }], ([directive]) => {
      if (directive !== undefined) caught.then = directive;
    });
  return { kind: 'try', block, catches: [caught] };
};

function readFilter(filter: JsonObject): ProblemFilter {
  const { type, status, instance, title, detail } = filter;
  const text = (key: string, value: unknown) => (typeof value === 'string' ? { [key]: value } : {});
  return {
    ...(typeof type === 'string' ? { types: spellingsOf(type) } : {}),
    ...(typeof status === 'number' ? { status } : {}),
    ...text('instance', instance),
    ...text('title', title),
    ...text('detail', detail),
  };
}
