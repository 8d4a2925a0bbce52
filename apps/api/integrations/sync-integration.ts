import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { PlatformClient } from '#connectors/cicd/platform.js';
import { type Execution, isOver, type PipelineJob } from '#contracts/cicd/execution.js';
import type { WatchedPipeline } from '#contracts/cicd/integration.js';
import type { IntegrationSync } from '#contracts/rest/integrations.js';
import { isSluiceError } from '#domain/errors.js';
import {
  IntegrationRepository,
  type IntegrationRow,
} from '#persistence/integrations/integration-repository.js';
import { ExecutionRepository } from '#persistence/pipelines/execution-repository.js';
import { listOpen, listWithJobs } from '#persistence/pipelines/execution-sync.js';
import { Metrics } from '../observability/metrics.js';
import { DATA_SOURCE } from '../tokens.js';
import { UsePlatform } from './use-platform.js';

/** Of one sync, and of one project or pipeline in it. */
const WHOLE_MS = 120_000;
const LIMITS = { limitMs: 60_000, patienceMs: 5_000 };
/** How far back the first sync looks, and for how long what does not end is asked for. */
const FIRST_MS = 7 * 86_400_000;
/** Room between the platform's clock and ours, and for what it tells late. */
const OVERLAP_MS = 600_000;
/** For each that is watched. */
const MOST_PAGES = 5;
/** Requests of one sync for jobs, and for what has not ended. */
const MOST_JOBS = 20;
const MOST_OPEN = 20;

/** Asks a platform for the executions of what is watched, whoever started them. */
@Injectable()
export class SyncIntegration {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(UsePlatform) private readonly usePlatform: UsePlatform,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  /** What fails is part of what is found, and kept with it. */
  async sync(integration: IntegrationRow): Promise<IntegrationSync> {
    const at = new Date().toISOString();
    let executions = 0;
    let failure: Pick<IntegrationSync, 'code' | 'message'> = {};
    const count = () => {
      executions += 1;
    };
    const end = Date.now() + WHOLE_MS;
    for (const watched of integration.sync) {
      const limitMs = Math.min(LIMITS.limitMs, Math.max(1, end - Date.now()));
      try {
        await this.usePlatform.run(
          integration,
          ({ client }) => this.follow(integration, client, watched, count),
          { ...LIMITS, limitMs },
        );
      } catch (error) {
        if (!isSluiceError(error)) throw error;
        failure = { code: error.code, message: `${watched.project}: ${error.message}` };
      }
    }
    const synced: IntegrationSync = { at, executions, ...failure };
    if (this.usePlatform.isStopping) return synced;
    this.metrics.platformSynced(failure.code === undefined ? 'done' : 'failed');
    await new IntegrationRepository(this.dataSource.manager).noteSync(integration, synced);
    return synced;
  }

  private async follow(
    integration: IntegrationRow,
    client: PlatformClient,
    { project, pipeline = '' }: WatchedPipeline,
    count: () => void,
  ): Promise<void> {
    const seen = new Set<string>();
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { items, next } = await client.executions(
        { project, pipeline },
        { since: sinceOf(integration), ...(cursor === undefined ? {} : { cursor }) },
      );
      // The oldest first, so that ids here come in the same order.
      for (const execution of items.toReversed()) {
        await this.note(integration, execution);
        seen.add(execution.reference.id);
        count();
      }
      await this.noteJobs(integration, client, items);
      cursor = next;
      if (cursor === undefined) break;
    }
    await this.noteOpen(integration, client, project, seen);
  }

  /** Jobs of what has ended since, for statistics. */
  private async noteJobs(
    integration: IntegrationRow,
    client: PlatformClient,
    executions: readonly Execution[],
  ): Promise<void> {
    const over = executions.filter(({ state }) => isOver(state));
    const known = await listWithJobs(this.dataSource.manager, integration.id, over);
    for (const execution of over.filter((each) => !known.has(each)).slice(0, MOST_JOBS))
      await this.note(integration, execution, await client.jobs(execution.reference));
  }

  /** What has not ended as far as is known here, and was not told of: some platforms list by creation only. */
  private async noteOpen(
    integration: IntegrationRow,
    client: PlatformClient,
    project: string,
    seen: ReadonlySet<string>,
  ): Promise<void> {
    const open = await listOpen(this.dataSource.manager, integration.id, project, {
      since: new Date(Date.now() - FIRST_MS),
      limit: MOST_OPEN,
    });
    for (const reference of open) {
      if (seen.has(reference.id)) continue;
      const execution = await client.status(reference).catch(absent);
      if (execution !== undefined) await this.note(integration, execution);
    }
  }

  private async note(
    { id, project, platform }: IntegrationRow,
    execution: Execution,
    jobs?: readonly PipelineJob[],
  ): Promise<void> {
    await this.dataSource.transaction((manager) =>
      new ExecutionRepository(manager).observe(
        { id, project, platform },
        { execution, told: false, ...(jobs === undefined ? {} : { jobs }) },
      ),
    );
  }
}

/** In milliseconds since the epoch. */
function sinceOf({ synced }: IntegrationRow): number {
  if (synced === null || synced.code !== undefined) return Date.now() - FIRST_MS;
  return Math.max(Date.parse(synced.at) - OVERLAP_MS, Date.now() - FIRST_MS);
}

/** It was removed there: it stays as it was. */
function absent(error: unknown): undefined {
  if (isSluiceError(error) && error.code === 'platform-not-found') return undefined;
  throw error;
}
