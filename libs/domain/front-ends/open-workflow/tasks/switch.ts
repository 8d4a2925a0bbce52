import { entryOf, isList, itemsOf, type Spot, type TreeMap, toJson } from '../../../definition/tree.js';
import type { Directive, NodeKinds } from '../../../plan/plan.js';
import type { Pending } from '../task.js';
import type { CompileTask } from './compile-task.js';

/** The first case that holds says where the sequence goes on; its data passes unchanged. */
export const compileSwitch: CompileTask = ({ spot }, builder, place) => {
  const list = entryOf(spot, 'switch')!;
  const cases: {
    -readonly [K in keyof NodeKinds['switch']['cases'][number]]: NodeKinds['switch']['cases'][number][K];
  }[] = [];
  const later: Pending[] = [];
  for (const item of isList(list) ? itemsOf(list) : []) {
    const [name] = (item as Spot<TreeMap>).node.entries.keys();
    const one = entryOf(item as Spot<TreeMap>, name!) as Spot<TreeMap>;
    const condition = builder.conditionAt(one, 'when');
    const then = entryOf(one, 'then')!;
    later.push({ spot: then, then: String(toJson(then.node)) });
    cases.push({
      ...(condition === undefined ? {} : { if: condition }),
      block: { flow: 'sequence', nodes: [] },
    });
  }
  builder.resolveLater(place.parent!, later, (directives: readonly (Directive | undefined)[]) => {
    for (const [at, directive] of directives.entries())
      if (directive !== undefined) cases[at]!.then = directive;
  });
  return { kind: 'switch', cases };
};
