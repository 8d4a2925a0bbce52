/**
 * A tree of decisions, as parallel lists by node. A row goes to `left` when its value of `feature` is not above
 * `threshold`, else to the node after it, `left + 1`. At a leaf `left` is 0.
 */
export interface Tree {
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  readonly left: readonly number[];
  /** What a row that ends here gets; 0 within. */
  readonly value: readonly number[];
  /** Weight of the training rows that came by here. */
  readonly cover: readonly number[];
}

/** Log odds: `start` and what each tree adds. */
export interface TreeSum {
  readonly start: number;
  readonly trees: readonly Tree[];
}

export function applyTree(tree: Tree, row: ArrayLike<number>): number {
  let node = 0;
  while (tree.left[node] !== 0) {
    const left = tree.left[node]!;
    node = row[tree.feature[node]!]! <= tree.threshold[node]! ? left : left + 1;
  }
  return tree.value[node]!;
}

export function applyTrees({ start, trees }: TreeSum, row: ArrayLike<number>): number {
  let sum = start;
  for (const tree of trees) sum += applyTree(tree, row);
  return sum;
}

/** The same tree with other values at its leaves. */
export function mapLeaves(tree: Tree, change: (value: number) => number): Tree {
  return {
    ...tree,
    value: tree.value.map((value, node) => (tree.left[node] === 0 ? Math.fround(change(value)) : 0)),
  };
}
