import { shorten } from '../../../definition/path.js';
import { descend, entryOf } from '../../../definition/tree.js';
import type { Place } from '../../../plan/compile-step.js';
import type { Builder, Made } from '../builder.js';
import type { BlockContext, Task } from '../task.js';

/** The body of a function of `use.functions` in the place of its call, handed the arguments as its input. */
export function compileFunction(
  task: Task,
  builder: Builder,
  place: Place,
  context: BlockContext,
): Made | undefined {
  const spot = descend(task.spot, ['call']);
  const name = String(task.value['call']);
  if (/[:/@]/.test(name))
    return builder.refuse(
      'open-workflow-catalog',
      spot,
      `\`${shorten(name)}\` is a function of a catalog, which is not fetched here.`,
      'Define it under `use.functions`.',
    );
  const body = builder.reusables.find('functions', name, spot, builder);
  if (body === undefined) return undefined;
  if (task.functions.includes(name))
    return builder.refuse(
      'open-workflow-reference',
      spot,
      `The function \`${shorten(name)}\` calls itself.`,
      'Use `for`, or go back with `then`.',
    );
  const handed = entryOf(task.spot, 'with');
  const nodes: number[] = [];
  if (handed !== undefined) {
    const values = builder.readTemplate(handed);
    const index = builder.addHelper(`${task.name}-arguments`, task.reference, place, { kind: 'set', values });
    if (index !== undefined) nodes.push(index);
  }
  const inner = builder.readTask(name, body, task.reference, [...task.functions, name]);
  if (inner === undefined) return undefined;
  const node = builder.compileTask(inner, place, context.depth);
  if (node !== undefined) nodes.push(node.index);
  return { kind: 'stage', block: { flow: 'sequence', nodes } };
}
