import { Controller, Delete, Get, HttpCode, Inject, Put, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import type { ApiRequest } from '../http/exchange.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { JudgeByModel } from './judge-by-model.js';
import { RiskModelResource } from './risk.resource.js';

@ApiTags('risk')
@Controller('api/v1/risk/model')
export class RiskModelController {
  constructor(@Inject(JudgeByModel) private readonly models: JudgeByModel) {}

  @Permit('risk:read')
  @Get()
  @ApiOperation({ summary: 'By which model the server judges changes of the project' })
  @ApiResponse({ status: 200, type: RiskModelResource })
  get(@RequestCaller() { project }: Caller): Promise<RiskModelResource> {
    return this.models.describe(project);
  }

  @Permit('risk:write')
  @Put()
  @ApiOperation({
    summary: 'Judge by a model of your own',
    description: 'The file that `npm run train:risk` wrote; what was assessed before stays as it is.',
  })
  @ApiConsumes('application/json')
  @ApiBody({ schema: {}, description: 'The file itself, 8 MiB at most.' })
  @ApiResponse({ status: 200, type: RiskModelResource })
  @ApiProblems(
    'risk-model-invalid',
    'body-missing',
    'body-malformed',
    'body-too-large',
    'media-type-unsupported',
  )
  replace(
    @Req() { body }: ApiRequest & { readonly body?: unknown },
    @RequestCaller() caller: Caller,
  ): Promise<RiskModelResource> {
    if (typeof body !== 'string' || body.trim() === '') {
      throw problemError('body-missing', 'The body must be the model itself.');
    }
    return this.models.replace(body, caller);
  }

  @Permit('risk:write')
  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'Judge by the model that comes with Sluice again' })
  @ApiResponse({ status: 204, description: 'It does.' })
  async remove(@RequestCaller() caller: Caller): Promise<void> {
    await this.models.remove(caller);
  }
}
