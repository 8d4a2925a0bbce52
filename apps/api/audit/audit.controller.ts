import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import type { DataSource } from 'typeorm';
import type { ChainedEntry } from '#domain/audit/entry.js';
import {
  type AuditFilter,
  findAuditEntry,
  listAuditEntries,
  readAuditEntries,
} from '#persistence/audit/audit-list.js';
import { sealAndHold } from '#persistence/audit/seal-log.js';
import { verifyAuditLog } from '#persistence/audit/verify-log.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import type { ApiReply } from '../http/exchange.js';
import { JSON_LINES, sendLines } from '../http/json-lines.js';
import { toPage } from '../http/list-query.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import {
  AuditExportQuery,
  AuditListQuery,
  AuditVerifyQuery,
  toAuditFilter,
  toChainPlace,
} from './audit.query.js';
import { AuditEntryPage, AuditEntryResource, AuditVerdictResource, toAuditEntry } from './audit.resource.js';

@ApiTags('audit')
@Permit('audit:read')
@Controller('api/v1/audit-logs')
export class AuditController {
  /** Each check holds a connection for as long as it takes: one at a time. */
  private checks: Promise<unknown> = Promise.resolve();

  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  @Get()
  @ApiOperation({ summary: 'List the entries of the audit log, newest first' })
  @ApiResponse({ status: 200, type: AuditEntryPage })
  @ApiProblems('request-invalid')
  async list(@Query() query: AuditListQuery, @RequestCaller() caller: Caller): Promise<AuditEntryPage> {
    const { sort, limit, after, total } = query;
    const page = { ...toAuditFilter(query), sort, limit, after, total };
    return toPage(await listAuditEntries(this.dataSource.manager, caller.project, page), toAuditEntry);
  }

  @Get('export')
  @ApiOperation({
    summary: 'Export the audit log as JSON lines',
    description:
      'In the order of the chain, each entry with its place. A break is mended by asking again with `after`.',
  })
  @ApiProduces(JSON_LINES)
  @ApiResponse({ status: 200, description: 'One entry a line.' })
  @ApiProblems('request-invalid')
  async export(
    @Query() query: AuditExportQuery,
    @Res() reply: ApiReply,
    @RequestCaller() caller: Caller,
  ): Promise<void> {
    const filter = toAuditFilter(query);
    await this.dataSource.transaction(sealAndHold);
    sendLines(reply, this.readEntries(caller.project, query.after, filter));
  }

  @Get('verify')
  @ApiOperation({
    summary: 'Check the chain of the audit log',
    description:
      'Finds an entry that was altered, taken out or put in. It reads the whole log, in bounded memory.',
  })
  @ApiResponse({ status: 200, type: AuditVerdictResource })
  @ApiProblems('request-invalid')
  async verify(
    @Query() { expect }: AuditVerifyQuery,
    @RequestCaller() caller: Caller,
  ): Promise<AuditVerdictResource> {
    const check = this.checks.then(() =>
      verifyAuditLog(this.dataSource, caller.project, toChainPlace(expect)),
    );
    this.checks = check.catch(() => undefined);
    return check;
  }

  @Get(':id')
  @ApiOperation({ summary: 'One entry of the audit log' })
  @ApiResponse({ status: 200, type: AuditEntryResource })
  @ApiProblems('audit-entry-not-found')
  async get(@Param('id') id: string, @RequestCaller() caller: Caller): Promise<AuditEntryResource> {
    const row = isUUID(id) ? await findAuditEntry(this.dataSource.manager, caller.project, id) : undefined;
    if (row === undefined) throw problemError('audit-entry-not-found', 'No entry has this id.');
    return toAuditEntry(row);
  }

  private async *readEntries(
    project: string,
    after: number,
    filter: AuditFilter,
  ): AsyncGenerator<readonly ChainedEntry[]> {
    yield* readAuditEntries(this.dataSource.manager, project, after, filter);
  }
}
