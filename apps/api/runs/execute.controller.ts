import { Body, Controller, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import type { ApiRequest } from '../http/exchange.js';
import { readIdempotencyKey } from '../http/idempotency-key.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { FindWorkflow } from '../workflows/find-workflow.js';
import { ExecuteBody } from './execute.body.js';
import { PresentRun } from './present-run.js';
import { RunResource } from './run.resource.js';
import { StartRun } from './start-run.js';

@ApiTags('workflows')
@Controller('api/v1/workflows')
export class ExecuteController {
  constructor(
    @Inject(FindWorkflow) private readonly findWorkflow: FindWorkflow,
    @Inject(PresentRun) private readonly presenter: PresentRun,
    @Inject(StartRun) private readonly startRun: StartRun,
  ) {}

  @Permit('runs:start')
  @Post(':id/execute')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Start a run',
    description: 'With an Idempotency-Key a repetition of the same request answers with the same run.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiResponse({ status: 202, description: 'Accepted: nothing can lose it any more.', type: RunResource })
  @ApiProblems(
    'workflow-not-found',
    'workflow-version-not-found',
    'inputs-invalid',
    'request-invalid',
    'idempotency-key-invalid',
    'idempotency-key-reused',
    'concurrency-group-invalid',
    'concurrency-rejected',
    'frozen',
    'body-malformed',
    'body-forbidden-key',
    'body-too-deep',
    'body-too-large',
  )
  async execute(
    @Param('id') id: string,
    @Body() body: ExecuteBody,
    @Req() request: ApiRequest,
    @RequestCaller() caller: Caller,
  ): Promise<RunResource> {
    const idempotencyKey = readIdempotencyKey(request);
    const workflow = await this.findWorkflow.require(caller.project, id);
    const { version, inputs = {}, freeze, reason } = body;
    if (freeze === 'override' && (reason === undefined || reason.trim() === '')) {
      const message = 'is needed to override a freeze';
      throw problemError('request-invalid', `reason ${message}.`, { errors: [{ path: 'reason', message }] });
    }
    return this.presenter.present(
      await this.startRun.start({ workflow, version, inputs, freeze, reason, idempotencyKey, caller }),
    );
  }
}
