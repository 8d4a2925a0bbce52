import type { ConcurrencyPolicy, OnFailure, OnReject, SecretsDefinition } from '../definition/definition.js';
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
  readonly concurrency?: { readonly group: Template; readonly policy: ConcurrencyPolicy };
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

export type Dialect = 'cel' | 'jq';

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
  /** Enclosing forEach and loop nodes, outermost first: a step has one instance per combination of their turns. */
  readonly loops: readonly NodeIndex[];
  /** Nodes of the same block that must settle first. */
  readonly needs: readonly NodeIndex[];
  /** The inverse of `needs`. */
  readonly dependents: readonly NodeIndex[];
  readonly if?: Expression;
  /** The `if` asks about failures itself (`failed()`, `always()`, `succeeded()`). */
  readonly ifHandlesFailure?: boolean;
  /** The `if` names an approval, or asks about failures: it is asked although a rejection stands above it. */
  readonly ifHandlesRejection?: boolean;
  /** Limit of one attempt. */
  readonly timeoutMs?: number;
  readonly retry?: Retry;
  readonly onFailure: OnFailure;
  readonly claims?: Claims;
  readonly priority?: number;
  /** The node that undoes this one: of kind `uses`, in no block, id `<id>:compensate`, numbered after this subtree. */
  readonly compensate?: NodeIndex;
}

/** What a step takes hold of, all at once, before it begins, and gives back when it is over. */
export interface Claims {
  readonly locks: readonly Template[];
  readonly resources?: { readonly pool: string; readonly amounts: Amounts };
}

/** Cores, bytes, bytes, pieces. */
export type Amounts = Readonly<Partial<Record<'cpu' | 'memory' | 'disk' | 'slots', number>>>;

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
    /** Idempotent and of under a second: runs in the worker that interprets, without a queue. */
    readonly inline?: boolean;
    readonly secrets?: SecretsDefinition;
    /** JSON Schema that the output must fit. */
    readonly outputSchema?: JsonObject;
    /** Worker pool. */
    readonly pool?: string;
    /** Of a compensation: the node that it undoes. */
    readonly compensates?: NodeIndex;
  };
  readonly forEach: ForEachSource & {
    readonly as: string;
    readonly limit?: number;
    readonly failFast: boolean;
    readonly quorum?: number;
    readonly block: Block;
  };
  readonly loop: {
    readonly as: string;
    readonly while?: Expression;
    readonly until?: Expression;
    readonly max: number;
    readonly delayMs: number;
    readonly block: Block;
  };
  readonly parallel: {
    readonly limit?: number;
    readonly failFast: boolean;
    readonly quorum?: number;
    readonly branches: readonly { readonly name: string; readonly block: Block }[];
  };
  readonly switch: { readonly cases: readonly { readonly if?: Expression; readonly block: Block }[] };
  readonly set: { readonly values: Template };
  readonly wait: { readonly for: Template } | { readonly until: Template };
  readonly raise: { readonly error: Template; readonly message: Template };
  /** Its blocks' numbers: 0 the body, 1… the catches in their order, after them `finally`. */
  readonly try: {
    readonly block: Block;
    readonly catches: readonly {
      readonly errors?: readonly string[];
      readonly as: string;
      readonly block: Block;
    }[];
    readonly finally?: Block;
  };
  readonly approval: {
    readonly by: Template;
    readonly quorum: number;
    readonly expiresMs?: number;
    readonly onExpiry: 'fail' | 'reject' | 'approve';
    readonly onReject: OnReject;
    readonly selfApproval: boolean;
    readonly message?: Template;
    readonly remindMs?: number;
    readonly escalate?: { readonly afterMs: number; readonly to: Template };
    readonly inputs?: Readonly<Record<string, JsonObject>>;
  };
  readonly waitFor: { readonly event: Template; readonly condition?: Expression };
  readonly emit: { readonly event: Template; readonly data: Template };
  readonly workflow: { readonly workflow: string; readonly version: number; readonly inputs: Template };
}

export type ForEachSource =
  | { readonly in: Template }
  | {
      readonly matrix: readonly (readonly [string, Template])[];
      readonly exclude?: Template;
      readonly include?: Template;
    };

export type NodeKind = keyof NodeKinds;

export type NodeOf<K extends NodeKind> = NodeCommon & { readonly kind: K } & NodeKinds[K];

export type PlanNode = { [K in NodeKind]: NodeOf<K> }[NodeKind];

/** Inputs of a run after defaults were filled in. */
export type RunInputs = JsonObject;
