import type {
  Execution,
  ExecutionReference,
  InputValue,
  PipelineArtifact,
  PipelineInput,
  PipelineJob,
  PipelineStep,
} from '#contracts/cicd/execution.js';
import type { PlatformAuthType } from '#contracts/cicd/integration.js';
import type { JsonObject } from '#domain/json.js';
import type { SignedRequest, Verdict } from '../webhooks/verify-signature.js';
import type { Connection } from './connection.js';

/** What platforms differ in. */
export const CAPABILITIES = [
  'projects',
  'pipelines',
  'branches',
  'inputs',
  'find',
  'steps',
  'logs',
  'logs-by-offset',
  'cancel',
  'retry-all',
  'retry-failed',
  'artifacts',
  'webhooks',
  'signed-webhooks',
  'rate-limit',
] as const;

export type Capability = (typeof CAPABILITIES)[number];

/** What a platform cannot do is said, not thrown. */
export interface Unsupported {
  readonly unsupported: Capability;
  /** What to do instead, in one sentence. */
  readonly instead: string;
}

export type OrUnsupported<T> = T | Unsupported;

export function isUnsupported(answer: unknown): answer is Unsupported {
  return typeof answer === 'object' && answer !== null && 'unsupported' in answer;
}

export type Support =
  | { readonly supported: true; readonly note?: string }
  | { readonly supported: false; readonly instead: string };

/** What a platform is, for people, forms and the table in the docs. */
export interface PlatformDescription {
  /** kebab-case; stored with integrations, hence a contract for ever. */
  readonly name: string;
  readonly title: string;
  /** Of its cloud; absent where everybody has an own one. */
  readonly cloudUrl?: string;
  /** Ways of proving who asks, the usual one first. */
  readonly auth: readonly PlatformAuthType[];
  /** What its tokens must allow, by name, for people. */
  readonly permissions: readonly string[];
  /** JSON Schema 2020-12 of `options` of an integration. */
  readonly options: JsonObject;
  /** What `project` and `pipeline` are: an example of each and a word for it. */
  readonly names: { readonly project: string; readonly pipeline: string };
  /** How long what was triggered may not be found yet, in milliseconds. */
  readonly settleMs: number;
  readonly capabilities: Readonly<Record<Capability, Support>>;
}

/** One platform; holds no state. */
export interface Platform {
  readonly description: PlatformDescription;
  /** The client of one use (a step's attempt, a request); costs nothing, sends nothing. */
  connect(connection: Connection): PlatformClient;
  /** Whether one of the secrets proves the sender, compared in constant time. */
  verifyWebhook(request: SignedRequest, secrets: readonly string[], now: number): Verdict;
  /** What a verified delivery tells. Throws SluiceError `platform-event-invalid` for what does not fit the platform's form. */
  parseEvent(request: SignedRequest): PlatformEvent;
}

/** Every method may throw what PlatformHttp.send does, and those that say so more. */
export interface PlatformClient {
  /** Whether it answers, and to whom. Throws as others do: `platform-auth-refused`, `http-…`. */
  health(): Promise<PlatformHealth>;
  /** As the last answers told it; undefined before, and where the platform does not say. */
  rateLimit(): RateLimit | undefined;

  projects(search: Search): Promise<OrUnsupported<Page<FoundProject>>>;
  pipelines(project: string, search: Search): Promise<OrUnsupported<Page<FoundPipeline>>>;
  branches(project: string, search: Search): Promise<OrUnsupported<Page<FoundBranch>>>;
  /** What may be given at its start, as the pipeline itself declares it at `ref`. */
  inputs(target: Target): Promise<OrUnsupported<readonly PipelineInput[]>>;

  /** Starts it once; sent once. Throws `pipeline-inputs-refused`, `pipeline-ref-not-found`. */
  trigger(request: TriggerRequest): Promise<Execution>;
  /** Whether an earlier trigger with this key, sent at `since` at the earliest, has started anything. */
  find(request: FindRequest): Promise<Found>;
  /** The latest first, those not started here too; `since`: changed or created no earlier. */
  executions(
    target: Omit<Target, 'ref'>,
    search: Search & { readonly since?: number },
  ): Promise<Page<Execution>>;
  /** One request, unless it is still in a queue. Throws `platform-not-found`. */
  status(reference: ExecutionReference): Promise<Execution>;
  /** Of its last attempt, those of stages and workflows below it too, in the order of the platform. */
  jobs(reference: ExecutionReference): Promise<readonly PipelineJob[]>;
  steps(reference: ExecutionReference, job: string): Promise<OrUnsupported<readonly PipelineStep[]>>;
  /** What the log of a job holds from `offset` (bytes) on. */
  logs(reference: ExecutionReference, job: string, offset: number): Promise<OrUnsupported<LogPart>>;
  /** Asks for its end; of what is over already nothing is asked. Answers with nothing where it could. */
  cancel(reference: ExecutionReference): Promise<OrUnsupported<void>>;
  /** Answers with the execution that does it again: the same one, or a new one. */
  retry(reference: ExecutionReference, what: 'all' | 'failed'): Promise<OrUnsupported<Execution>>;
  artifacts(reference: ExecutionReference): Promise<OrUnsupported<readonly PipelineArtifact[]>>;
  /** Throws `artifact-expired`. */
  download(
    reference: ExecutionReference,
    artifact: PipelineArtifact,
  ): Promise<OrUnsupported<AsyncIterable<Uint8Array>>>;
}

export interface Target {
  readonly project: string;
  readonly pipeline: string;
  /** Branch or tag; the platform's usual one when absent. */
  readonly ref?: string;
}

export interface TriggerRequest extends Target {
  readonly inputs: Readonly<Record<string, InputValue>>;
  /** The same for everything that means this one start. */
  readonly key: string;
  /** Input, variable or parameter that carries the key; where the pipeline does not take it, it is left out. */
  readonly keyInput: string;
}

export interface FindRequest extends Target {
  readonly key: string;
  readonly keyInput: string;
  /** When it was sent at the earliest, by the clock of whoever sent it. */
  readonly since: number;
}

export type Found =
  | { readonly outcome: 'found'; readonly execution: Execution }
  /** Nothing that could be it was started since. */
  | { readonly outcome: 'absent' }
  /** Something was started that carries no key: it may be it, and may not. */
  | { readonly outcome: 'uncertain'; readonly candidates: readonly Execution[] };

export interface Search {
  /** Part of the name, in any case. */
  readonly text?: string;
  /** `next` of the page before. */
  readonly cursor?: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface FoundProject {
  readonly name: string;
  readonly title: string;
  readonly url?: string;
  readonly defaultBranch?: string;
}

export interface FoundPipeline {
  /** What `pipeline` of a target takes. */
  readonly name: string;
  readonly title: string;
  readonly url?: string;
  readonly enabled: boolean;
}

export interface FoundBranch {
  readonly name: string;
  readonly commit?: string;
}

export interface PlatformHealth {
  /** Who asks, as the platform knows them. */
  readonly account?: string;
  readonly version?: string;
  /** What the credentials lack of PlatformDescription.permissions, where the platform tells. */
  readonly missing: readonly string[];
}

export interface RateLimit {
  readonly limit?: number;
  readonly remaining?: number;
  /** When it is as at first again. */
  readonly resetsAt?: number;
}

export interface LogPart {
  /** In parts, never held as a whole. Cutting the iteration short ends the transfer. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Whether nothing will be added after these. */
  readonly complete: boolean;
}

/** What a webhook tells of executions. */
export interface PlatformEvent {
  /** As the platform names the delivery; the digest of the body where it does not. */
  readonly delivery: string;
  /** In the platform's own word. */
  readonly type: string;
  /** Absent where it is about something else. */
  readonly execution?: Execution;
  /** Jobs that it tells of. */
  readonly jobs?: readonly PipelineJob[];
  /** Whether the sender is proved by what is signed; else the platform is asked before it counts. */
  readonly signed: boolean;
}
