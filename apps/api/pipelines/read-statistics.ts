import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { PipelineStatisticsView } from '#contracts/rest/pipelines.js';
import { MAX_COUNTED_EXECUTIONS, PipelineStatistics } from '#persistence/pipelines/pipeline-statistics.js';
import type { Caller } from '../http/caller.js';
import { requireBefore } from '../http/list-query.js';
import { FindIntegration } from '../integrations/find-integration.js';
import { DATA_SOURCE } from '../tokens.js';
import type { PipelineStatisticsQuery } from './pipeline.query.js';

const USUAL_MS = 30 * 86_400_000;

@Injectable()
export class ReadStatistics {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindIntegration) private readonly findIntegration: FindIntegration,
  ) {}

  /** Throws SluiceError `integration-not-found`, `request-invalid`. */
  async read(query: PipelineStatisticsQuery, { project }: Caller): Promise<PipelineStatisticsView> {
    requireBefore(['from', query.from], ['to', query.to]);
    const to = query.to === undefined ? Date.now() + 1 : Date.parse(query.to);
    const from = query.from === undefined ? to - USUAL_MS : Date.parse(query.from);
    const integration =
      query.integration === undefined
        ? undefined
        : (await this.findIntegration.require(project, query.integration)).id;
    const { platform, project: platformProject, pipeline, ref } = query;
    const statistics = new PipelineStatistics(this.dataSource.manager, {
      project,
      from,
      to,
      integration,
      platform,
      platformProject,
      pipeline,
      ref,
    });
    const { executions, succeeded, failed, canceled, duration, queued } = await statistics.count();
    const minutes = await statistics.countMinutes();
    const judged = succeeded + failed;
    return {
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      executions: Math.min(executions, MAX_COUNTED_EXECUTIONS),
      ...(executions > MAX_COUNTED_EXECUTIONS ? { executionsAtLeast: true } : {}),
      succeeded,
      failed,
      canceled,
      ...(judged === 0 ? {} : { successRate: round(succeeded / judged, 4) }),
      ...(duration === null ? {} : { duration }),
      ...(queued === null ? {} : { queued }),
      minutes: round(minutes, 3),
      ...(query.pricePerMinute === undefined ? {} : { cost: round(minutes * query.pricePerMinute, 2) }),
      jobs: (await statistics.listJobs()).map(({ duration: took, ...job }) => ({
        ...job,
        ...(took === null ? {} : { duration: took }),
      })),
      steps: await statistics.listSteps(),
    };
  }
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
