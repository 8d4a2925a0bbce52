import type { Json, JsonObject } from '../json.js';

/** A definition after `parse` and `validate`: what its author wrote, typed, names not yet resolved. */
export interface Definition {
  readonly sluice: 1;
  readonly name: string;
  readonly description?: string;
  /** JSON Schema (2020-12) per input; one without `default` is required. */
  readonly inputs: Readonly<Record<string, JsonObject>>;
  readonly defaults: { readonly timeout?: string; readonly retry?: RetryDefinition };
  readonly concurrency?: ConcurrencyDefinition;
  /** In written order. */
  readonly stages: ReadonlyMap<string, StageDefinition>;
  /** Template of the run's output. */
  readonly output?: Json;
}

/** Runs of one group, of whatever workflow, are live one at a time. */
export interface ConcurrencyDefinition {
  /** Template over `inputs`, `run`. */
  readonly group: string;
  readonly policy: ConcurrencyPolicy;
}

/** `queue`: waits its turn; `cancel`: the older run is canceled; `reject`: is not accepted. */
export type ConcurrencyPolicy = 'queue' | 'cancel' | 'reject';

export interface RetryDefinition {
  /** Attempts in all, the first included. */
  readonly attempts: number;
  readonly delay?: string;
  readonly factor?: number;
  readonly maxDelay?: string;
}

/** Keys that every node has, with the same meaning everywhere. */
export interface CommonKeys {
  readonly id: string;
  readonly name?: string;
  /** Undefined: waits for the node above it. */
  readonly needs?: readonly string[];
  /** Bare CEL. */
  readonly if?: string;
  /** Limit of one attempt. */
  readonly timeout?: string;
  readonly retry?: RetryDefinition;
  readonly onFailure?: OnFailure;
  /** Names of locks; each may be a template. Never of a stage. */
  readonly locks?: readonly string[];
  readonly resources?: ResourcesDefinition;
  /** 1 (first) to 5 (last); 3 where absent. */
  readonly priority?: number;
  /** Undoes the step where the run is rolled back. Never of a stage. */
  readonly compensate?: CompensationDefinition;
}

/** `intervene`: waits for a person; `rollback`: the run stops and is compensated. */
export type OnFailure = 'fail' | 'continue' | 'intervene' | 'rollback';

/** Amounts out of one resource pool, all taken at once. */
export interface ResourcesDefinition {
  /** Name of the pool; `default` where absent. */
  readonly pool: string;
  /** Cores; fractions allowed. */
  readonly cpu?: number;
  /** Bytes. */
  readonly memory?: number;
  readonly disk?: number;
  readonly slots?: number;
}

export interface CompensationDefinition {
  readonly uses: string;
  readonly with: JsonObject;
  readonly timeout?: string;
  readonly retry?: RetryDefinition;
  readonly secrets?: SecretsDefinition;
}

/** Secrets handed to an action, by the name under which it gets them. */
export type SecretsDefinition = Readonly<Record<string, SecretDefinition>>;

export interface SecretDefinition {
  /** `env:NAME`, `file:/path`. */
  readonly from: string;
  /** `environment`: the variable holds the secret; `file`: the variable holds the path of a file that holds it. */
  readonly as: 'environment' | 'file';
}

/** Steps in written order, by id. */
export type StepsDefinition = ReadonlyMap<string, StepDefinition>;

export interface StageDefinition extends CommonKeys {
  readonly kind: 'stage';
  readonly steps: StepsDefinition;
}

/** One row per kind; adding a kind here makes every table that lacks it fail to compile. */
export interface StepKinds {
  readonly uses: {
    readonly uses: string;
    readonly with: JsonObject;
    readonly secrets?: SecretsDefinition;
    /** JSON Schema that the output must fit. */
    readonly output?: JsonObject;
    /** Worker pool; that of all workers where absent. */
    readonly pool?: string;
  };
  readonly forEach: {
    readonly forEach: ForEachItems & {
      readonly as: string;
      /** Iterations at once; no limit but the platform's when absent. */
      readonly limit?: number;
      readonly failFast: boolean;
      /** Over as soon as so many have succeeded; all of them must where absent. */
      readonly quorum?: number;
      readonly steps: StepsDefinition;
    };
  };
  readonly loop: {
    readonly loop: {
      /** `{ index, previous }`: number of the turn from 0, and the outputs of the turn before by id, or null. */
      readonly as: string;
      /** Bare CEL, before each turn. At least one of the two is there. */
      readonly while?: string;
      /** Bare CEL, after each turn; sees its steps. */
      readonly until?: string;
      readonly max: number;
      /** Pause between two turns. */
      readonly delay?: string;
      readonly steps: StepsDefinition;
    };
  };
  readonly parallel: {
    readonly parallel: {
      readonly limit?: number;
      readonly failFast: boolean;
      /** Over as soon as so many have succeeded; all of them must where absent. */
      readonly quorum?: number;
      /** Steps of each branch, by the branch's name, in written order. */
      readonly branches: ReadonlyMap<string, StepsDefinition>;
    };
  };
  readonly switch: {
    /** First whose `if` (bare CEL) is true; a last one without `if` is the default. */
    readonly switch: readonly { readonly if?: string; readonly steps: StepsDefinition }[];
  };
  readonly set: { readonly set: JsonObject };
  readonly wait: {
    /** Exactly one: a duration, or a moment (RFC 3339). Either may be a template. */
    readonly wait: { readonly for: string } | { readonly until: string };
  };
  readonly raise: { readonly raise: { readonly error: string; readonly message: string } };
  readonly try: {
    readonly try: {
      readonly steps: StepsDefinition;
      /** The first that names the error's class or code takes it; one without `errors` takes any. */
      readonly catch: readonly {
        readonly errors?: readonly string[];
        /** Name under which its steps see the error. */
        readonly as: string;
        readonly steps: StepsDefinition;
      }[];
      /** Runs at the end whatever happened, in a run that is being canceled too. */
      readonly finally?: StepsDefinition;
    };
  };
  readonly approval: { readonly approval: ApprovalDefinition };
  readonly waitFor: {
    readonly waitFor: {
      /** Name of the event; a template. */
      readonly event: string;
      /** Bare CEL that sees the event as `event`: `{ name, data, by, at }`. */
      readonly if?: string;
    };
  };
  readonly emit: { readonly emit: { readonly event: string; readonly data: Json } };
  readonly workflow: {
    readonly workflow: {
      readonly name: string;
      /**
       * A number, a semantic version as `1.4.0`, or an alias as `stable`; absent: the newest. What that means at the time
       * of saving is the number that the plan names.
       */
      readonly version?: number | string;
      readonly inputs: JsonObject;
    };
  };
}

/** Exactly one: a list or a template that yields one; or the combinations of several lists. */
export type ForEachItems =
  | { readonly in: Json }
  | {
      /** List, or template that yields one, per name. Items are maps of these names. */
      readonly matrix: Readonly<Record<string, Json>>;
      /** Combinations left out: maps whose every member equals that of the item. */
      readonly exclude?: Json;
      /** Items added at the end. */
      readonly include?: Json;
    };

export interface ApprovalDefinition {
  /** Who may decide: names of roles, or `user:<name>`; each may be a template. */
  readonly by: readonly string[];
  /** Different people who must approve. One rejection rejects. */
  readonly quorum: number;
  readonly expires?: string;
  readonly onExpiry: 'fail' | 'reject' | 'approve';
  readonly onReject: OnReject;
  /** Whether whoever started the run may decide. */
  readonly selfApproval: boolean;
  /** Template. */
  readonly message?: string;
  /** Repeated pause after which they are reminded. */
  readonly remind?: string;
  /** Who else may decide when nobody has for so long. */
  readonly escalate?: { readonly after: string; readonly to: readonly string[] };
  /** JSON Schema per value that is asked of the approver; one without `default` is required. */
  readonly inputs?: Readonly<Record<string, JsonObject>>;
}

/**
 * What a rejection means. `stop`: what needs the step is skipped, and what needs that, up to the end of the run, but for
 * what asks for the decision in its `if`; `continue`: only the output tells of it; `fail`: the step fails.
 */
export type OnReject = 'stop' | 'continue' | 'fail';

export type StepKind = keyof StepKinds;

export type StepDefinitionOf<K extends StepKind> = CommonKeys & { readonly kind: K } & StepKinds[K];

export type StepDefinition = { [K in StepKind]: StepDefinitionOf<K> }[StepKind];
