import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiPropertyOptional, ApiResponse, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { ApprovalPlace } from '#persistence/repositories/approval-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { decodeCursor, encodeCursor, PageQuery } from '../http/page-query.js';
import { ApiProblems } from '../http/problem.resource.js';
import { ApprovalPage } from './approval.resource.js';
import { ListApprovals } from './list-approvals.js';

class ApprovalQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ['me'], description: 'Only those that the caller may decide.' })
  @IsOptional()
  @IsIn(['me'])
  for?: 'me';
}

const PLACE = /^\d{1,16} [0-9a-f-]{36} [^\0]{1,400}$/;

@ApiTags('approvals')
@Controller('api/v1/approvals')
export class ApprovalController {
  constructor(@Inject(ListApprovals) private readonly approvals: ListApprovals) {}

  @Permit('approvals:read')
  @Get()
  @ApiOperation({
    summary: 'List the approvals that are being waited for, oldest first',
    description: 'They are decided by POST alone: following a link decides nothing.',
  })
  @ApiResponse({ status: 200, type: ApprovalPage })
  @ApiProblems('request-invalid')
  async list(@Query() query: ApprovalQuery, @RequestCaller() caller: Caller): Promise<ApprovalPage> {
    const { items, next } = await this.approvals.list({
      project: caller.project,
      for: query.for === 'me' ? caller : undefined,
      after: parsePlace(decodeCursor(query.after, PLACE)),
      limit: query.limit,
    });
    return { items, ...(next === undefined ? {} : { next: encodeCursor(formatPlace(next)) }) };
  }
}

function formatPlace({ requestedAt, run, step }: ApprovalPlace): string {
  return `${requestedAt.getTime()} ${run} ${step}`;
}

function parsePlace(place: string | undefined): ApprovalPlace | undefined {
  if (place === undefined) return undefined;
  const [at = '', run = '', step = ''] = place.split(' ');
  return { requestedAt: new Date(Number(at)), run, step };
}
