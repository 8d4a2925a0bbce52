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
  readonly workflows: OutlineWorkflow[];
  readonly inputs: ReadonlyMap<string, Spot<TreeMap>>;
  /** JSON Schemas apart from those of the inputs. */
  readonly schemas: OutlineSchema[];
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
  /** The first of its keys that claims something: `locks`, `resources`. */
  claims?: Spot;
}

/** Nodes side by side. */
export interface OutlineBlock {
  /** The node that holds the block; absent for the stages. */
  readonly owner: OutlineIndex | undefined;
  readonly members: OutlineIndex[];
  /** Name that its steps see beside those around them: an item, a turn, an error. */
  readonly variable?: string;
  /** Of two blocks of one owner, that of the lower rank is over before the other begins. 0 where absent. */
  readonly rank?: number;
}

export interface OutlineExpression extends Sight {
  /** The node whose turn it belongs to; absent for the output of the whole. */
  readonly node: OutlineIndex | undefined;
  readonly source: string;
  /** `condition`: a node's own `if`, which alone may ask about failures. */
  readonly place: 'condition' | 'value';
  /** Where the character at `offset` of the source stands. */
  locate(offset: number): Where;
}

/** What an expression sees beside what its place says. */
export interface Sight {
  /** Names that stand for something in this expression alone. */
  readonly variables?: readonly string[];
  /** What of its own node is over when it is evaluated: the steps in it, or the node itself and they. */
  readonly over?: 'body' | 'node';
  /** Before the run: no steps. */
  readonly beforeRun?: true;
}

export interface OutlineAction {
  readonly name: Spot<TreeScalar>;
  /** Absent where the step has no `with`. */
  readonly with: Spot<TreeMap> | undefined;
  /** Absent where it is handed no secrets. */
  readonly secrets: Spot | undefined;
}

/** A call of another workflow. */
export interface OutlineWorkflow {
  readonly name: Spot<TreeScalar>;
  /** As written: a number, a semantic version, an alias. */
  readonly version: { readonly named: number | string; readonly spot: Spot } | undefined;
}

export interface OutlineSchema {
  /** `input`: of a value that people give; its `default` must fit. */
  readonly of: 'input' | 'output';
  readonly name: string;
  readonly spot: Spot<TreeMap>;
}

/** Names that a node sees because of the blocks around it, innermost first. */
export function findVariables(outline: Outline, node: OutlineIndex | undefined): string[] {
  const names: string[] = [];
  for (let at = node; at !== undefined; ) {
    const block: OutlineBlock = outline.blocks[outline.nodes[at]!.block]!;
    if (block.variable !== undefined) names.push(block.variable);
    at = block.owner;
  }
  return names;
}
