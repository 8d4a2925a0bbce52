import type { IntegrationSettings } from '#contracts/cicd/integration.js';
import type { PipelineChanges, PipelineStore } from '#contracts/cicd/pipeline-store.js';
import type { ActionContext } from '#contracts/ports.js';
import type { PlatformClient, PlatformDescription } from './platform.js';

/** What the actions of pipelines work with. */
export interface PipelineWorld {
  readonly store: PipelineStore;
  readonly changes: PipelineChanges;
  readonly pace: PipelinePace;
  /**
   * For one attempt, or for what is left to do after it with a signal of its own. Throws SluiceError `platform-unknown`.
   * @param leaves told before each request leaves that may change something; what it throws keeps that here
   */
  connect(
    integration: IntegrationSettings,
    context: ActionContext,
    signal: AbortSignal,
    leaves?: () => Promise<void>,
  ): ConnectedPlatform;
}

export interface ConnectedPlatform {
  readonly description: PlatformDescription;
  readonly client: PlatformClient;
}

/** Pauses between two questions after an execution, in milliseconds. */
export interface PipelinePace {
  readonly pollMs: number;
  /** Where webhooks tell of it: one of them may still be lost. */
  readonly toldMs: number;
}
