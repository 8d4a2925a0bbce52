import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { ImportReport } from '#contracts/rest/imports.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { ApiProblems } from '../http/problem.resource.js';
import { ImportBody } from './import.body.js';
import { ImportReportResource } from './import.resource.js';
import { ImportDefinitions } from './import-definitions.js';

@ApiTags('imports')
@Controller('api/v1/imports')
export class ImportController {
  constructor(@Inject(ImportDefinitions) private readonly importDefinitions: ImportDefinitions) {}

  @Permit('workflows:write')
  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Take definitions of other engines over',
    description:
      'Answers what became of each workflow; `save` stores those that were taken over. The same files twice make one version.',
  })
  @ApiResponse({ status: 200, type: ImportReportResource })
  @ApiProblems('request-invalid', 'body-malformed', 'body-too-large', 'media-type-unsupported')
  import(@Body() body: ImportBody, @RequestCaller() caller: Caller): Promise<ImportReport> {
    return this.importDefinitions.import(body, caller);
  }
}
