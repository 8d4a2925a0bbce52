import { applyDecorators, Body, Controller, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { OperationRequest } from '#domain/execution/operation.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import type { ApiRequest } from '../http/exchange.js';
import { readIdempotencyKey } from '../http/idempotency-key.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import type { ProblemCodeName } from '../http/problem-codes.js';
import { OperateRun } from './operate-run.js';
import {
  CheckpointBody,
  CompleteStepBody,
  DecisionBody,
  MAX_KEY,
  ReasonBody,
  RetryStepBody,
  SendEventBody,
} from './operation.bodies.js';
import { OperationResource } from './operation.resource.js';

/** A route that does something to a living run, and answers when that is done. */
function OperationRoute(path: string, summary: string, ...problems: ProblemCodeName[]): MethodDecorator {
  const ofStep = path.includes(':key');
  return applyDecorators(
    Post(path),
    HttpCode(200),
    ApiOperation({ summary, description: 'With an Idempotency-Key the same request is done once.' }),
    ApiHeader({ name: 'Idempotency-Key', required: false }),
    ...(ofStep ? [ApiParam({ name: 'key', description: 'Key of a step.', example: 'deploy[2]' })] : []),
    ApiResponse({ status: 200, description: 'Done.', type: OperationResource }),
    ApiProblems(
      'operation-refused',
      'run-not-found',
      ...(ofStep ? (['step-not-found'] as const) : []),
      ...problems,
      'temporal-unavailable',
      'id-invalid',
      'request-invalid',
      'idempotency-key-invalid',
    ),
  );
}

@ApiTags('operations')
@Controller('api/v1/runs/:id')
export class OperationController {
  constructor(@Inject(OperateRun) private readonly operateRun: OperateRun) {}

  @Permit('runs:operate')
  @OperationRoute('pause', 'Begin nothing new; what is under way ends')
  pause(
    @Param('id') id: string,
    @Body() body: ReasonBody,
    @Req() http: ApiRequest,
    @RequestCaller() caller: Caller,
  ): Promise<OperationResource> {
    return this.operate(id, { type: 'pause' }, { body, http, caller });
  }

  @Permit('runs:operate')
  @OperationRoute('resume', 'Go on with a paused run')
  resume(
    @Param('id') id: string,
    @Body() body: ReasonBody,
    @Req() http: ApiRequest,
    @RequestCaller() caller: Caller,
  ): Promise<OperationResource> {
    return this.operate(id, { type: 'resume' }, { body, http, caller });
  }

  @Permit('runs:operate')
  @OperationRoute('events', 'Send it an event')
  sendEvent(
    @Param('id') id: string,
    @Body() body: SendEventBody,
    @Req() http: ApiRequest,
    @RequestCaller() caller: Caller,
  ): Promise<OperationResource> {
    const { name, data = null } = body;
    return this.operate(id, { type: 'send-event', name, data }, { body, http, caller });
  }

  @Permit('runs:operate')
  @OperationRoute('checkpoints', 'Note under a name what is over by now')
  checkpoint(
    @Param('id') id: string,
    @Body() body: CheckpointBody,
    @Req() http: ApiRequest,
    @RequestCaller() caller: Caller,
  ): Promise<OperationResource> {
    return this.operate(id, { type: 'checkpoint', name: body.name }, { body, http, caller });
  }

  @Permit('approvals:decide')
  @OperationRoute('steps/:key/approve', 'Approve', 'operation-not-allowed', 'inputs-invalid')
  approve(
    @Param('id') id: string,
    @Param('key') key: string,
    @Body() body: DecisionBody,
    @Req() http: ApiRequest,
    @RequestCaller() caller: Caller,
  ): Promise<OperationResource> {
    const inputs = body.inputs === undefined ? {} : { inputs: body.inputs };
    return this.operate(id, { type: 'approve', step: requireKey(key), ...inputs }, { body, http, caller });
  }

  @Permit('approvals:decide')
  @OperationRoute('steps/:key/reject', 'Reject', 'operation-not-allowed', 'inputs-invalid')
  reject(
    @Param('id') id: string,
    @Param('key') key: string,
    @Body() body: DecisionBody,
    @Req() http: ApiRequest,
    @RequestCaller() caller: Caller,
  ): Promise<OperationResource> {
    const inputs = body.inputs === undefined ? {} : { inputs: body.inputs };
    return this.operate(id, { type: 'reject', step: requireKey(key), ...inputs }, { body, http, caller });
  }

  @Permit('runs:operate')
  @OperationRoute('steps/:key/retry', 'Try a failed step once more, with other input if need be')
  retry(
    @Param('id') id: string,
    @Param('key') key: string,
    @Body() body: RetryStepBody,
    @Req() http: ApiRequest,
    @RequestCaller() caller: Caller,
  ): Promise<OperationResource> {
    const input = body.with === undefined ? {} : { with: body.with };
    return this.operate(id, { type: 'retry-step', step: requireKey(key), ...input }, { body, http, caller });
  }

  @Permit('runs:operate')
  @OperationRoute('steps/:key/skip', 'Skip a step')
  skip(
    @Param('id') id: string,
    @Param('key') key: string,
    @Body() body: ReasonBody,
    @Req() http: ApiRequest,
    @RequestCaller() caller: Caller,
  ): Promise<OperationResource> {
    return this.operate(id, { type: 'skip-step', step: requireKey(key) }, { body, http, caller });
  }

  @Permit('runs:operate')
  @OperationRoute('steps/:key/complete', 'Take a step for done, with a given output')
  complete(
    @Param('id') id: string,
    @Param('key') key: string,
    @Body() body: CompleteStepBody,
    @Req() http: ApiRequest,
    @RequestCaller() caller: Caller,
  ): Promise<OperationResource> {
    const { output } = body;
    return this.operate(id, { type: 'complete-step', step: requireKey(key), output }, { body, http, caller });
  }

  private operate(
    run: string,
    request: OperationRequest,
    { body, http, caller }: { readonly body: ReasonBody; readonly http: ApiRequest; readonly caller: Caller },
  ): Promise<OperationResource> {
    const idempotencyKey = readIdempotencyKey(http);
    return this.operateRun.operate({ run, request, reason: body.reason, idempotencyKey, caller });
  }
}

function requireKey(key: string): string {
  if (key.length <= MAX_KEY) return key;
  throw problemError('step-not-found', `The key of a step has at most ${MAX_KEY} characters.`);
}
