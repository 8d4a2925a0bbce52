import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { exportText } from '#domain/export/export-text.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { ExportQuery, ExportResource } from './export.resource.js';
import { FindVersion } from './find-version.js';
import { FindWorkflow } from './find-workflow.js';
import { resolveVersion } from './resolve-version.js';
import { readVersionText } from './version-name.js';

@ApiTags('workflows')
@Controller('api/v1/workflows')
export class ExportController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindWorkflow) private readonly findWorkflow: FindWorkflow,
    @Inject(FindVersion) private readonly findVersion: FindVersion,
  ) {}

  @Permit('workflows:read')
  @Get(':id/versions/:version/export')
  @ApiOperation({
    summary: 'One version as a document of another language',
    description: 'Where that would not keep all of its meaning there is no document, and findings say why.',
  })
  @ApiResponse({ status: 200, type: ExportResource })
  @ApiProblems('workflow-not-found', 'workflow-version-not-found', 'request-invalid')
  async export(
    @Param('id') id: string,
    @Param('version') name: string,
    @Query() { format }: ExportQuery,
    @RequestCaller() caller: Caller,
  ): Promise<ExportResource> {
    const reference = readVersionText(name, 'version');
    const workflow = await this.findWorkflow.require(caller.project, id);
    const version = await resolveVersion(this.dataSource.manager, workflow, reference);
    const { source } = await this.findVersion.require({ workflowId: workflow.id, version });
    const { from, text, findings, notes } = exportText(source, ACTIONS, format);
    return {
      workflow: workflow.name,
      version,
      from,
      format,
      exported: text !== undefined,
      ...(text === undefined ? {} : { document: text }),
      findings: [...findings],
      notes: [...notes],
    };
  }
}
