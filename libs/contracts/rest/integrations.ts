import type { JsonObject } from '#domain/json.js';
import type { PipelineInput } from '../cicd/execution.js';
import type { PlatformAuth, PlatformAuthType, WatchedPipeline } from '../cicd/integration.js';
import type { PlatformDeliveryOutcome } from '../webhooks.js';
import type { ReasonRequest } from './operations.js';

/** POST /integrations. */
export interface IntegrationRequest extends ReasonRequest {
  readonly name: string;
  readonly description?: string | null;
  /** Name of a platform, see GET /platforms. */
  readonly platform: string;
  /** Of its API; that of the platform's cloud when absent. */
  readonly baseUrl?: string;
  /** Secrets stand in it as references. */
  readonly auth: PlatformAuth;
  /** By the schema of the platform. */
  readonly options?: JsonObject;
  /** Certificates (PEM) of the only authorities that are trusted. */
  readonly authorities?: string | null;
  /** `http://host:port`. */
  readonly proxy?: string | null;
  readonly status?: 'active' | 'disabled';
  /** Whose executions are asked for now and then. */
  readonly sync?: readonly WatchedPipeline[];
}

/** PATCH /integrations/{id}: what it does not name stays as it is. */
export type IntegrationChange = Partial<Omit<IntegrationRequest, 'platform'>>;

/** GET /integrations and /integrations/{id}. */
export interface IntegrationView {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly platform: string;
  readonly baseUrl: string;
  readonly auth: PlatformAuth;
  readonly options: JsonObject;
  readonly authorities?: string;
  readonly proxy?: string;
  readonly status: 'active' | 'disabled';
  /** Greater with each change. */
  readonly revision: number;
  readonly sync: readonly WatchedPipeline[];
  /** Where the platform brings events; absent until it was given a secret. */
  readonly hook?: IntegrationHook;
  /** As it was found last. */
  readonly health?: IntegrationHealth;
  /** How its executions were asked for last. */
  readonly synced?: IntegrationSync;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Where a platform brings events of an integration. */
export interface IntegrationHook {
  /** At the address of this API. */
  readonly path: string;
  /** Reference to the secret; absent where one was made here. */
  readonly secretReference?: string;
  /** Until then the secret before is valid too. */
  readonly previousUntil?: string;
  /** The last delivery that was not taken, and why. */
  readonly lastRefusal?: { readonly at: string; readonly reason: string };
}

/** Answer of POST /integrations/{id}/hook. */
export interface SecretIntegrationView extends IntegrationView {
  /** Told this once; absent of a reference. */
  readonly secret?: string;
}

/** Answer of POST /hooks/integrations/{id}, and GET /integrations/{id}/deliveries. */
export interface PlatformDeliveryView {
  readonly id: string;
  readonly outcome: PlatformDeliveryOutcome;
  /** Of a pipeline, that it told of. */
  readonly execution?: string;
}

export interface ListedPlatformDeliveryView extends PlatformDeliveryView {
  readonly receivedAt: string;
  /** In the platform's own word. */
  readonly type: string;
  /** As the platform named the delivery. */
  readonly delivery: string;
  readonly replayOf?: string;
  readonly replayedBy?: string;
}

/** GET /integrations/{id}/deliveries/{delivery}. */
export interface FullPlatformDeliveryView extends ListedPlatformDeliveryView {
  readonly headers: Readonly<Record<string, string>>;
  /** Its first 65,536 characters. */
  readonly body: string;
  /** Characters that there are. */
  readonly bodyLength: number;
}

/** Answer of POST /integrations/{id}/test. */
export interface IntegrationHealth {
  /** `lacking`: it answers, and the credentials lack permissions. */
  readonly state: 'healthy' | 'lacking' | 'unhealthy';
  readonly checkedAt: string;
  readonly ms: number;
  /** Why it is unhealthy. */
  readonly code?: string;
  readonly message?: string;
  /** Who asks, as the platform knows them. */
  readonly account?: string;
  /** Of the platform. */
  readonly version?: string;
  /** Permissions that the credentials lack. */
  readonly missing: readonly string[];
}

/** Answer of POST /integrations/{id}/sync. */
export interface IntegrationSync {
  readonly at: string;
  /** Executions that the platform told of. */
  readonly executions: number;
  /** Why it did not tell of all. */
  readonly code?: string;
  readonly message?: string;
}

/** Of GET /platforms. */
export interface PlatformView {
  readonly name: string;
  readonly title: string;
  readonly cloudUrl?: string;
  /** The usual one first. */
  readonly auth: readonly PlatformAuthType[];
  /** What its tokens must allow. */
  readonly permissions: readonly string[];
  /** JSON Schema of `options` of an integration. */
  readonly options: JsonObject;
  /** What a project and a pipeline are there. */
  readonly names: { readonly project: string; readonly pipeline: string };
  readonly capabilities: readonly CapabilityView[];
}

export interface CapabilityView {
  readonly name: string;
  readonly supported: boolean;
  readonly note?: string;
  /** What to do where it is not supported. */
  readonly instead?: string;
}

/** Of GET /integrations/{id}/discover/projects. */
export interface DiscoveredProject {
  readonly name: string;
  readonly title: string;
  readonly url?: string;
  readonly defaultBranch?: string;
}

/** Of GET /integrations/{id}/discover/pipelines. */
export interface DiscoveredPipeline {
  readonly name: string;
  readonly title: string;
  readonly url?: string;
  readonly enabled: boolean;
}

/** Of GET /integrations/{id}/discover/branches. */
export interface DiscoveredBranch {
  readonly name: string;
  readonly commit?: string;
}

/** Of GET /integrations/{id}/discover/inputs. */
export type DiscoveredInput = PipelineInput;
