import type { Where } from '../validation/report.js';
import type { StepKind } from './definition.js';
import type { Spot, TreeMap, TreeScalar } from './tree.js';

/** What a definition holds apart from its shape: whatever must be checked against something else in it. */
export interface Outline {
  /** Stages and steps, depth first in written order. */
  readonly nodes: OutlineNode[];
  readonly blocks: OutlineBlock[];
  readonly expressions: OutlineExpression[];
  readonly actions: OutlineAction[];
  readonly inputs: ReadonlyMap<string, Spot<TreeMap>>;
}

/** Position in `Outline.nodes`. */
export type OutlineIndex = number;

export interface OutlineNode {
  readonly id: string;
  readonly kind: 'stage' | StepKind | undefined;
  /** Its map, whose key is the id. */
  readonly spot: Spot;
  /** Position in `Outline.blocks`. */
  readonly block: number;
  /** Absent: waits for the node above it. */
  needs?: readonly Spot<TreeScalar>[];
  /** Name of the item that the steps of a forEach see. */
  loopVariable?: string;
}

/** Nodes side by side. */
export interface OutlineBlock {
  /** The node that holds the block; absent for the stages. */
  readonly owner: OutlineIndex | undefined;
  readonly members: OutlineIndex[];
}

export interface OutlineExpression {
  /** The node whose turn it belongs to; absent for the output of the whole. */
  readonly node: OutlineIndex | undefined;
  readonly source: string;
  /** `condition`: a node's own `if`, which alone may ask about failures. */
  readonly place: 'condition' | 'value';
  /** Where the character at `offset` of the source stands. */
  locate(offset: number): Where;
}

export interface OutlineAction {
  readonly name: Spot<TreeScalar>;
  /** Absent where the step has no `with`. */
  readonly with: Spot<TreeMap> | undefined;
}
