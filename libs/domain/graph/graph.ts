/**
 * A graph of waiting: `needs` yields what a node waits for. Nodes are told apart by identity; needs that are not among
 * the nodes are ignored. Every function takes time linear in nodes and needs, and no stack.
 */
export interface Graph<N> {
  readonly nodes: readonly N[];
  readonly needs: (node: N) => readonly N[];
}
