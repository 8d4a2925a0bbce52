import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { ApiProblems } from '../http/problem.resource.js';
import { CompareVersions } from './compare-versions.js';
import { VersionDiffResource } from './diff.resource.js';
import { FindWorkflow } from './find-workflow.js';
import { DiffQuery } from './version.body.js';
import { readVersionText } from './version-name.js';

@ApiTags('workflows')
@Controller('api/v1/workflows')
export class DiffController {
  constructor(
    @Inject(CompareVersions) private readonly compareVersions: CompareVersions,
    @Inject(FindWorkflow) private readonly findWorkflow: FindWorkflow,
  ) {}

  @Permit('workflows:read')
  @Get(':id/diff')
  @ApiOperation({
    summary: 'How two of its versions differ in meaning, and what the later may be published as',
    description: 'Order of keys, comments and layout do not count.',
  })
  @ApiResponse({ status: 200, type: VersionDiffResource })
  @ApiProblems('request-invalid', 'workflow-not-found', 'workflow-version-not-found')
  async diff(
    @Param('id') id: string,
    @Query() { from, to }: DiffQuery,
    @RequestCaller() caller: Caller,
  ): Promise<VersionDiffResource> {
    const sides = {
      from: from === undefined ? undefined : readVersionText(from, 'from'),
      to: to === undefined ? undefined : readVersionText(to, 'to'),
    };
    return this.compareVersions.compare(await this.findWorkflow.require(caller.project, id), sides);
  }
}
