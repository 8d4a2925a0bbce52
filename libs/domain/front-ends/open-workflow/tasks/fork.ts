import { descend, isList, itemsOf } from '../../../definition/tree.js';
import { isJsonObject } from '../../../json.js';
import { pointer } from '../task.js';
import type { CompileTask } from './compile-task.js';

/** Branches of one task each. In a competition, the first that succeeds ends the others, and its output counts. */
export const compileFork: CompileTask = ({ spot, value, reference }, builder, place, context) => {
  const list = descend(spot, ['fork', 'branches']);
  const { fork } = value;
  const competes = isJsonObject(fork) && fork['compete'] === true;
  const branches = (isList(list) ? itemsOf(list) : []).map((item, branch) => {
    const one = {
      node: { kind: 'list', items: [item.node], position: item.node.position },
      path: list.path,
    } as const;
    const block = builder.readBlock(
      one,
      pointer(reference, 'fork', 'branches'),
      { ...place, branch },
      { ...context, first: branch },
    );
    const [node] = block.nodes;
    return { name: node === undefined ? String(branch) : builder.nodes[node]!.id, block };
  });
  return {
    kind: 'parallel',
    branches,
    failFast: !competes,
    ...(competes && branches.length > 0 ? { quorum: 1 } : {}),
  };
};
