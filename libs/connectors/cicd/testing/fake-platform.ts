import type { ExecutionReference, InputValue } from '#contracts/cicd/execution.js';
import type { PlatformAuth } from '#contracts/cicd/integration.js';
import type { JsonObject } from '#domain/json.js';
import type { SignedRequest } from '../../webhooks/verify-signature.js';
import type { FakeExecutions } from './fake-executions.js';
import type { FakeRequest, Faults } from './fake-server.js';

/** A pipeline of the fake's own world. */
export interface FakeTarget {
  readonly project: string;
  readonly pipeline: string;
  readonly ref: string;
}

/**
 * A platform in small, on a port of its own: what is triggered is queued, runs and ends, has jobs with steps and logs, and
 * artifacts; all by the platform's own HTTP. Each fake holds one project with a pipeline of two jobs, `build` and `test`, that
 * takes the key, on the branches `main` and `next`; `next` has the same pipeline.
 */
export interface FakePlatform {
  /** Base URL for an integration. */
  readonly url: string;
  readonly auth: PlatformAuth;
  /** Options of an integration. */
  readonly options: JsonObject;
  /** What the references in `auth` stand for; none of them may ever be shown. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Values beside `secrets` that must not be shown: tokens that it gives, and what holds one. */
  readonly granted: readonly string[];
  readonly webhookSecret: string;

  /** Takes the key by the input `sluice_key`. */
  readonly target: FakeTarget;
  /** Does not take it; absent where every pipeline does. */
  readonly unkeyed?: FakeTarget;
  /** What `target` takes beside the key. */
  readonly inputs: Readonly<Record<string, InputValue>>;
  /** What it does not take, with a part of what is said of it; absent where the platform publishes no inputs. */
  readonly wrongInputs?: readonly (readonly [Readonly<Record<string, InputValue>>, string])[];

  /** Every request, in order, faults included. */
  readonly requests: readonly FakeRequest[];
  readonly faults: Faults;
  /** Whether a request starts an execution: what a fault like a lost answer is planned for. */
  isTrigger(request: FakeRequest): boolean;
  /** What was started, however; advances, logs and artifacts go by it. */
  readonly executions: FakeExecutions;
  /** Of an execution, as `trigger` of the connector would name it once it exists. */
  referenceOf(id: string): ExecutionReference;

  /** What is done again stays the same attempt: the platform does not count. */
  readonly countsNoAttempts?: true;
  /** Events tell of parts of an execution alone: it is asked for before they count. */
  readonly tellsParts?: true;
  /** Told of each change of an execution, signed as the platform does; nobody at first. */
  onWebhook: ((delivery: SignedRequest) => void) | undefined;

  /** The pipeline is gone: what asks for it is told so. */
  removePipeline(): void;
  /** `main` is called `trunk` from now on. */
  renameBranch(): void;
  /** What the credentials may not do any more, as the platform says so; the permission's name as messages must have it. */
  withdrawPermission(): string;
  close(): Promise<void>;
}
