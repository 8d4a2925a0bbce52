import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { ApiProblems } from '../http/problem.resource.js';
import { FindRun } from '../runs/find-run.js';
import { FindWorkflow } from '../workflows/find-workflow.js';
import { AdviceResource, EstimateResource, RemainingResource } from './advice.resource.js';
import { AdviseWorkflow } from './advise-workflow.js';

@Controller('api/v1')
export class AdviceController {
  constructor(
    @Inject(AdviseWorkflow) private readonly adviseWorkflow: AdviseWorkflow,
    @Inject(FindWorkflow) private readonly findWorkflow: FindWorkflow,
    @Inject(FindRun) private readonly findRun: FindRun,
  ) {}

  @Permit('workflows:read')
  @Get('workflows/:id/estimate')
  @ApiTags('workflows')
  @ApiOperation({
    summary: 'What a run may be expected to take, by the runs before',
    description: 'Of the latest version; by at most 200 runs. `conclusive` says whether they are enough.',
  })
  @ApiResponse({ status: 200, type: EstimateResource })
  @ApiProblems('workflow-not-found')
  async estimate(@Param('id') id: string, @RequestCaller() caller: Caller): Promise<EstimateResource> {
    return this.adviseWorkflow.estimate(await this.findWorkflow.require(caller.project, id));
  }

  @Permit('workflows:read')
  @Get('workflows/:id/advice')
  @ApiTags('workflows')
  @ApiOperation({
    summary: 'What to change in it, by the runs that were recorded',
    description: 'Each with the expected gain, what it rests on, and the changes of the definition.',
  })
  @ApiResponse({ status: 200, type: AdviceResource })
  @ApiProblems('workflow-not-found', 'advice-not-possible')
  async advise(@Param('id') id: string, @RequestCaller() caller: Caller): Promise<AdviceResource> {
    return this.adviseWorkflow.advise(await this.findWorkflow.require(caller.project, id));
  }

  @Permit('workflows:read')
  @Get('runs/:id/estimate')
  @ApiTags('runs')
  @ApiOperation({ summary: 'How much of its time is over, and how much is left' })
  @ApiResponse({ status: 200, type: RemainingResource })
  @ApiProblems('run-not-found', 'id-invalid')
  async remaining(@Param('id') id: string, @RequestCaller() caller: Caller): Promise<RemainingResource> {
    return this.adviseWorkflow.estimateRemaining(await this.findRun.require(caller.project, id));
  }
}
