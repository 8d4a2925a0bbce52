import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import type { DataSource } from 'typeorm';
import type { RetentionPeriod } from '#contracts/rest/retention.js';
import type { RetentionKindName } from '#contracts/retention.js';
import { recommend } from '#domain/retention/recommend.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { countOld } from '#persistence/retention/count-old.js';
import {
  type Period,
  type PeriodRow,
  RetentionRepository,
} from '#persistence/retention/retention-repository.js';
import { readStatistics } from '#persistence/retention/statistics.js';
import { Permit } from '../auth/permit.js';
import type { Configuration } from '../configuration.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { toPage } from '../http/list-query.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { CONFIGURATION, DATA_SOURCE } from '../tokens.js';
import { RetainData } from './retain-data.js';
import {
  RetentionBody,
  RetentionDryRunBody,
  RetentionPassQuery,
  RetentionRunBody,
} from './retention.body.js';
import {
  RetentionDryRunResource,
  RetentionPassPage,
  RetentionPassResource,
  RetentionResource,
  RetentionStatisticsResource,
  toPass,
  toPeriod,
} from './retention.resource.js';

@ApiTags('retention')
@Controller('api/v1/retention')
export class RetentionController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(RetainData) private readonly retainData: RetainData,
    @Inject(CONFIGURATION) private readonly configuration: Pick<Configuration, 'retentionTime'>,
  ) {}

  @Permit('retention:read')
  @Get()
  @ApiOperation({ summary: 'How long things are kept' })
  @ApiResponse({ status: 200, type: RetentionResource })
  async get(@RequestCaller() { project }: Caller): Promise<RetentionResource> {
    return this.present(await new RetentionRepository(this.dataSource.manager).listPeriods(project));
  }

  @Permit('retention:write')
  @Put()
  @ApiOperation({
    summary: 'Set how long things are kept',
    description: 'All periods at once; nothing is removed before the next pass.',
  })
  @ApiResponse({ status: 200, type: RetentionResource })
  @ApiProblems('request-invalid', 'body-malformed', 'body-too-large')
  async set(@Body() body: RetentionBody, @RequestCaller() caller: Caller): Promise<RetentionResource> {
    const periods = body.periods.map(toFullPeriod);
    const { project } = caller;
    const rows = await this.dataSource.transaction(async (manager) => {
      const retention = new RetentionRepository(manager);
      const before = await retention.replacePeriods(project, periods, caller.actor);
      await new AuditRepository(manager).add({
        project,
        actor: caller.actor,
        correlationId: caller.correlationId,
        action: 'retention.policy',
        objectType: 'retention',
        objectId: project,
        before: describe(before),
        after: describe(periods),
        reason: body.reason,
      });
      return retention.listPeriods(project);
    });
    return this.present(rows);
  }

  @Permit('retention:read')
  @Post('dry-run')
  @HttpCode(200)
  @ApiOperation({ summary: 'What a pass would remove now', description: 'Nothing is removed.' })
  @ApiResponse({ status: 200, type: RetentionDryRunResource })
  @ApiProblems('request-invalid', 'body-malformed', 'body-too-large')
  async dryRun(
    @Body() body: RetentionDryRunBody,
    @RequestCaller() { project }: Caller,
  ): Promise<RetentionDryRunResource> {
    const { manager } = this.dataSource;
    const periods =
      body.periods?.map(toFullPeriod) ?? (await new RetentionRepository(manager).listPeriods(project));
    const kinds = [];
    for (const { kind, days } of periods) {
      const [{ cutoff }] = (await manager.query(`SELECT now() - $1 * interval '1 day' AS cutoff`, [
        days,
      ])) as [{ cutoff: Date }];
      const { items, held, oldest } = await countOld(manager, project, kind, cutoff);
      const age = oldest === null ? {} : { oldest: oldest.toISOString() };
      kinds.push({ kind, days, before: cutoff.toISOString(), items, held, ...age });
    }
    return { kinds };
  }

  @Permit('retention:write')
  @Post('run')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Begin a pass now',
    description: 'It archives and removes what is too old, while this answers at once.',
  })
  @ApiResponse({ status: 202, type: RetentionPassResource })
  @ApiProblems('request-invalid', 'retention-busy', 'body-malformed', 'body-too-large')
  async run(@Body() body: RetentionRunBody, @RequestCaller() caller: Caller): Promise<RetentionPassResource> {
    const id = await this.retainData.start(caller.project, caller, body.reason);
    return this.requirePass(caller.project, id);
  }

  @Permit('retention:read')
  @Get('passes')
  @ApiOperation({ summary: 'List the passes, newest first' })
  @ApiResponse({ status: 200, type: RetentionPassPage })
  @ApiProblems('request-invalid')
  async passes(
    @Query() { sort, limit, after, total }: RetentionPassQuery,
    @RequestCaller() { project }: Caller,
  ): Promise<RetentionPassPage> {
    const retention = new RetentionRepository(this.dataSource.manager);
    return toPage(await retention.listPasses(project, { sort, limit, after, total }), toPass);
  }

  @Permit('retention:read')
  @Get('passes/:id')
  @ApiOperation({ summary: 'One pass' })
  @ApiResponse({ status: 200, type: RetentionPassResource })
  @ApiProblems('retention-pass-not-found')
  async pass(@Param('id') id: string, @RequestCaller() { project }: Caller): Promise<RetentionPassResource> {
    return this.requirePass(project, id);
  }

  @Permit('retention:read')
  @Get('statistics')
  @ApiOperation({
    summary: 'What is stored, how it grows, and what to change',
    description: 'Rows and bytes are what Postgres knows of its tables, by the share of the project.',
  })
  @ApiResponse({ status: 200, type: RetentionStatisticsResource })
  async statistics(@RequestCaller() { project }: Caller): Promise<RetentionStatisticsResource> {
    const { manager } = this.dataSource;
    const statistics = await readStatistics(manager, project);
    const periods = await new RetentionRepository(manager).listPeriods(project);
    return {
      kinds: statistics.map(({ olderThan: _, kind, ...kept }) => ({
        ...kept,
        kind: kind as RetentionKindName,
      })),
      recommendations: recommend(statistics, periods),
    };
  }

  private async requirePass(project: string, id: string): Promise<RetentionPassResource> {
    const pass = isUUID(id)
      ? await new RetentionRepository(this.dataSource.manager).findPass(project, id)
      : undefined;
    if (pass === undefined) throw problemError('retention-pass-not-found', 'No pass has this id.');
    return toPass(pass);
  }

  private present(rows: readonly PeriodRow[]): RetentionResource {
    return {
      periods: rows.map(toPeriod),
      nightly: this.configuration.retentionTime,
    };
  }
}

function toFullPeriod({ kind, days, archive = true }: RetentionPeriod): Period {
  return { kind, days, archive };
}

function describe(periods: readonly Period[]) {
  return Object.fromEntries(periods.map(({ kind, days, archive }) => [kind, { days, archive }]));
}
