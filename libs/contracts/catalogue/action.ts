import type { JsonObject } from '#domain/json.js';

/** One entry of the catalogue: what a `uses` step may name. */
export interface ActionDescription {
  /** `noun/verb`; also the Temporal activity type, hence a contract for ever. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Key of QUEUES. */
  readonly queue: ActionQueue;
  /** Whether it works in the run's workspace, and so on the worker that holds it. */
  readonly workspace: boolean;
  /**
   * Whether a lost workspace is made anew by doing this again:
   * `always`, `never`, or `on-request` by the input `rebuild: true`.
   */
  readonly fillsWorkspace: 'always' | 'never' | 'on-request';
  /** Ends within seconds by nature. */
  readonly quick: boolean;
  /** Idempotent and over within a second by nature: runs in the worker that interprets, without a queue. */
  readonly inline: boolean;
  /** Whether it may go on without the worker that began it, and be told of its end by somebody else. */
  readonly unattended?: true;
  /** Whether a step may hand it `secrets` by name. */
  readonly takesSecrets: boolean;
  /** JSON Schema 2020-12 of `with` after templates are resolved, and of the output. */
  readonly input: JsonObject;
  readonly output: JsonObject;
}

type ActionQueue = 'orchestration' | 'http' | 'cicd' | 'quality' | 'command';
