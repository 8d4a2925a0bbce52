import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiPropertyOptional, ApiResponse, ApiTags } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import type { SortOrder } from '#persistence/listing/list-page.js';
import { APPROVAL_SORTS, type ApprovalSort } from '#persistence/repositories/approval-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { ListQuery, SortBy, TextFilter } from '../http/list-query.js';
import { Optional } from '../http/optional.js';
import { ApiProblems } from '../http/problem.resource.js';
import { FindWorkflow } from '../workflows/find-workflow.js';
import { ApprovalPage } from './approval.resource.js';
import { ListApprovals } from './list-approvals.js';

class ApprovalListQuery extends ListQuery {
  @ApiPropertyOptional({ enum: ['me'], description: 'Only those that the caller may decide.' })
  @Optional()
  @IsIn(['me'])
  for?: 'me';

  @TextFilter('Id or name of a workflow.')
  workflow?: string;

  @SortBy(APPROVAL_SORTS, 'requestedAt')
  sort: SortOrder<ApprovalSort> = 'requestedAt';
}

@ApiTags('approvals')
@Controller('api/v1/approvals')
export class ApprovalController {
  constructor(
    @Inject(ListApprovals) private readonly approvals: ListApprovals,
    @Inject(FindWorkflow) private readonly findWorkflow: FindWorkflow,
  ) {}

  @Permit('approvals:read')
  @Get()
  @ApiOperation({
    summary: 'List the approvals that are being waited for, oldest first',
    description: 'They are decided by POST alone: following a link decides nothing.',
  })
  @ApiResponse({ status: 200, type: ApprovalPage })
  @ApiProblems('request-invalid', 'workflow-not-found')
  async list(@Query() query: ApprovalListQuery, @RequestCaller() caller: Caller): Promise<ApprovalPage> {
    const { project } = caller;
    const workflow =
      query.workflow === undefined ? undefined : await this.findWorkflow.require(project, query.workflow);
    const filter = { project, workflowId: workflow?.id };
    return this.approvals.list(filter, query, query.for === 'me' ? caller : undefined);
  }
}
