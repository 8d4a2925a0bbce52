import type { Spot } from '../../../definition/tree.js';
import { entryOf, isList, toJson } from '../../../definition/tree.js';
import type { Template } from '../../../plan/plan.js';
import type { Builder } from '../builder.js';
import { pointer } from '../task.js';
import type { CompileTask } from './compile-task.js';

/** Turn after turn, each handed what the one before it put out. */
export const compileFor: CompileTask = ({ spot, reference }, builder, place, context) => {
  const head = entryOf(spot, 'for') as typeof spot;
  const name = (key: string, otherwise: string): string => {
    const written = entryOf(head, key);
    const text = written === undefined ? otherwise : String(toJson(written.node));
    return text.replace(/^\$/, '');
  };
  const condition = builder.conditionAt(spot, 'while');
  const loops = [...place.loops, place.parent!];
  return {
    kind: 'forEach',
    in: readItems(entryOf(head, 'in')!, builder),
    as: name('each', 'item'),
    at: name('at', 'index'),
    limit: 1,
    failFast: true,
    ...(condition === undefined ? {} : { while: condition }),
    block: builder.readBlock(entryOf(spot, 'do'), pointer(reference, 'do'), { ...place, loops }, context),
  };
};

function readItems(spot: Spot, builder: Builder): Template {
  if (isList(spot)) return builder.readTemplate(spot);
  return { kind: 'expression', expression: builder.readExpression(spot, String(toJson(spot.node))) };
}
