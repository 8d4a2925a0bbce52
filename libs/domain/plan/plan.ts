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
  /** Of a Plan whose blocks are sequences: what goes into the first and what becomes of the last one's output. */
  readonly data?: PlanData;
  /** `sha256:` and the hex digest of this Plan's canonical JSON (RFC 8785) without this field. */
  readonly digest: string;
}

/** Position of a node in `Plan.nodes`. */
export type NodeIndex = number;

/** Nodes that start and end together. */
export interface Block {
  /**
   * How order arises here. `needs`: by the nodes' edges alone. `sequence`: one after the other, each handed the output of
   * the one before it, unless `then` says where to go on.
   */
  readonly flow: 'needs' | 'sequence';
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
  /** Of a node in a sequence, and of none else: how data goes through it. */
  readonly dataFlow?: DataFlow;
  /** Where its sequence goes on after it. */
  readonly then?: Directive;
  /** The node that undoes this one: of kind `uses`, in no block, id `<id>:compensate`, numbered after this subtree. */
  readonly compensate?: NodeIndex;
}

/** A node of the same block, its next one, the end of the block, or the end of the run. */
export type Directive = NodeIndex | 'continue' | 'exit' | 'end';

/** What a sequence hands to a node, and the node to the next. Each transformation is absent where it changes nothing. */
export interface DataFlow {
  /** JSON Pointer (RFC 6901) to what it was written as: the `instance` of its errors. */
  readonly reference: string;
  readonly inputSchema?: JsonObject;
  /** Its input, out of what it was handed. */
  readonly from?: Template;
  /** What it answers, out of what its action did. */
  readonly result?: Template;
  /** Its output, out of that. */
  readonly as?: Template;
  readonly outputSchema?: JsonObject;
  /** The run's context from then on. */
  readonly export?: Template;
  readonly exportSchema?: JsonObject;
}

export interface PlanData {
  readonly inputSchema?: JsonObject;
  readonly from?: Template;
  readonly as?: Template;
  readonly outputSchema?: JsonObject;
  /** What expressions see as the definition: as much of it as they ask for. */
  readonly definition: JsonObject;
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
    /** May go on without the worker that began it. */
    readonly unattended?: boolean;
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
    /** Variable that holds the number of the turn. */
    readonly at?: string;
    /** Asked before each turn, inside it; where it is false, no more turns begin. */
    readonly while?: Expression;
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
  readonly switch: {
    /** `then`: where the sequence of the switch goes on. */
    readonly cases: readonly { readonly if?: Expression; readonly block: Block; readonly then?: Directive }[];
  };
  readonly set: { readonly values: Template };
  readonly wait: { readonly for: Template } | { readonly until: Template };
  /** `problem`: in place of both, an error in the form of RFC 9457. */
  readonly raise: { readonly error: Template; readonly message: Template; readonly problem?: Template };
  /** Its blocks' numbers: 0 the body, 1… the catches in their order, after them `finally`. */
  readonly try: {
    readonly block: Block;
    readonly catches: readonly {
      readonly errors?: readonly string[];
      readonly as: string;
      readonly block: Block;
      readonly filter?: ProblemFilter;
      /** Asked with the error in scope. */
      readonly when?: Expression;
      readonly exceptWhen?: Expression;
      /** The body is run again before the error is taken for caught. */
      readonly retry?: CatchRetry;
      /** Where the sequence of the try goes on. */
      readonly then?: Directive;
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
  /** `envelope`: attributes of a CloudEvent, whose missing ones are filled in; the event is the step's output. */
  /** Events, until there are as many as it takes; its output is the list of them. */
  readonly listen: {
    /** `any` without filters takes every event. */
    readonly takes: 'one' | 'all' | 'any';
    readonly filters: readonly EventFilter[];
    /** Of `any`: goes on until this holds, asked about the list so far. */
    readonly untilCondition?: Expression;
    /** Of `any`: goes on until one of these comes, or all of them, which are no part of the output. */
    readonly untilEvents?: {
      readonly takes: 'one' | 'all' | 'any';
      readonly filters: readonly EventFilter[];
    };
    /** What is kept of an event: what it carries, or all of it. */
    readonly read: 'data' | 'envelope';
    /** Run for each event, one after the other, in the order in which they came. */
    readonly each?: { readonly as: string; readonly at: string; readonly block: Block };
  };
  readonly emit: { readonly event: Template; readonly data: Template; readonly envelope?: Template };
  readonly workflow: { readonly workflow: string; readonly version: number; readonly inputs: Template };
}

/** Which events are taken. An expression is asked about the attribute of its name: it is true, or it is its value. */
export interface EventFilter {
  readonly with: readonly (readonly [
    string,
    { readonly value: Json } | { readonly expression: Expression },
  ])[];
  /** Values that all events of the list must have in common, or that are given. */
  readonly correlate?: readonly {
    readonly key: string;
    readonly from: Expression;
    readonly expect?: Template;
  }[];
}

/** Which errors a catch takes; what is absent is not asked. */
export interface ProblemFilter {
  readonly types?: readonly string[];
  readonly status?: number;
  readonly instance?: string;
  readonly title?: string;
  readonly detail?: string;
}

export interface CatchRetry {
  /** Of the body, the first one included; any number where absent. */
  readonly attempts?: number;
  readonly delayMs: number;
  readonly backoff: 'constant' | 'linear' | 'exponential';
  readonly jitterMs?: { readonly from: number; readonly to: number };
  /** Of all attempts together. */
  readonly limitMs?: number;
  readonly when?: Expression;
  readonly exceptWhen?: Expression;
  /** Once they are used up, the error is not taken. */
  readonly failsAfter: boolean;
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
