import type { OnFailure } from '../definition/definition.js';
import type { Json, JsonObject } from '../json.js';

/**
 * What the interpreter runs: flat, numbered nodes with their edges; no names left to resolve but those in
 * expressions. It travels in the run's history, so every field is a contract: add, never change.
 */
export interface Plan {
  readonly format: 1;
  readonly name: string;
  /** Depth first, in written order: a container's subtree is the nodes after it up to `end`. */
  readonly nodes: readonly PlanNode[];
  readonly root: Block;
  readonly output?: Template;
  /** `sha256:` and the hex digest of this Plan's canonical JSON (RFC 8785) without this field. */
  readonly digest: string;
}

/** Position of a node in `Plan.nodes`. */
export type NodeIndex = number;

/** Nodes that start and end together. */
export interface Block {
  /** How order arises here; `needs`: by the nodes' edges alone. */
  readonly flow: 'needs';
  readonly nodes: readonly NodeIndex[];
}

/** A program in the language that its dialect names. */
export interface Expression {
  readonly dialect: Dialect;
  readonly source: string;
}

export type Dialect = 'cel';

/** A JSON value with places for expressions. What holds none is one literal. */
export type Template =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'text'; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: 'list'; readonly items: readonly Template[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [string, Template])[] };

export interface Retry {
  readonly attempts: number;
  readonly delayMs: number;
  readonly factor: number;
  readonly maxDelayMs: number;
}

export interface NodeCommon {
  readonly index: NodeIndex;
  /** One past the last node of this node's subtree. */
  readonly end: NodeIndex;
  /** Unique in the Plan. */
  readonly id: string;
  readonly name?: string;
  /** The container, or null for a node of the root block. */
  readonly parent: NodeIndex | null;
  /** Number of the container's block in which it stands (branch, case); 0 where there is only one. */
  readonly branch: number;
  /** Enclosing forEach nodes, outermost first: a step has one instance per combination of their items. */
  readonly loops: readonly NodeIndex[];
  /** Nodes of the same block that must settle first. */
  readonly needs: readonly NodeIndex[];
  /** The inverse of `needs`. */
  readonly dependents: readonly NodeIndex[];
  readonly if?: Expression;
  /** The `if` asks about failures itself (`failed()`, `always()`, `succeeded()`). */
  readonly ifHandlesFailure?: boolean;
  /** Limit of one attempt. */
  readonly timeoutMs?: number;
  readonly retry?: Retry;
  readonly onFailure: OnFailure;
}

/** What is peculiar to each kind; one row per kind. */
export interface NodeKinds {
  readonly stage: { readonly block: Block };
  readonly uses: {
    readonly action: string;
    readonly with: Template;
    /** Task queue name (see contracts). */
    readonly queue: string;
    /** Runs in the run's workspace, hence on the worker that holds it. */
    readonly workspace: boolean;
    /** Done again, before anything else, where a lost workspace is made anew. */
    readonly fillsWorkspace: boolean;
    /** Ends within seconds: no heartbeat needed to notice a lost worker. */
    readonly quick: boolean;
  };
  readonly forEach: {
    readonly in: Template;
    readonly as: string;
    readonly limit?: number;
    readonly failFast: boolean;
    readonly block: Block;
  };
  readonly parallel: {
    readonly limit?: number;
    readonly failFast: boolean;
    readonly branches: readonly { readonly name: string; readonly block: Block }[];
  };
  readonly switch: { readonly cases: readonly { readonly if?: Expression; readonly block: Block }[] };
  readonly set: { readonly values: Template };
  readonly wait: { readonly for: Template } | { readonly until: Template };
  readonly raise: { readonly error: Template; readonly message: Template };
}

export type NodeKind = keyof NodeKinds;

export type NodeOf<K extends NodeKind> = NodeCommon & { readonly kind: K } & NodeKinds[K];

export type PlanNode = { [K in NodeKind]: NodeOf<K> }[NodeKind];

/** Inputs of a run after defaults were filled in. */
export type RunInputs = JsonObject;
