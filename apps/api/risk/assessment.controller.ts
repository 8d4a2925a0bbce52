import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import type { DataSource } from 'typeorm';
import { AssessmentRepository, type AssessmentRow } from '#persistence/risk/assessment-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { toPage } from '../http/list-query.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { AssessPosted } from './assess-posted.js';
import { AssessmentListQuery, AssessmentVersionListQuery, AssessRiskBody } from './risk.body.js';
import {
  AssessmentPage,
  AssessmentResource,
  AssessmentVersionPage,
  toAssessment,
  toAssessmentSummary,
  toAssessmentVersion,
} from './risk.resource.js';

@ApiTags('risk')
@Controller('api/v1/risk/assessments')
export class AssessmentController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(AssessPosted) private readonly posted: AssessPosted,
  ) {}

  @Permit('risk:assess')
  @Post()
  @ApiOperation({
    summary: 'Assess the risk of a change',
    description: 'By what was measured of it elsewhere, the model of the project, and its environment.',
  })
  @ApiResponse({ status: 201, type: AssessmentResource })
  @ApiProblems(
    'request-invalid',
    'risk-assessment-limit-reached',
    'risk-model-invalid',
    'body-malformed',
    'body-forbidden-key',
    'body-too-deep',
    'body-too-large',
  )
  async assess(@Body() body: AssessRiskBody, @RequestCaller() caller: Caller): Promise<AssessmentResource> {
    return toAssessment(await this.posted.assess(body, caller));
  }

  @Permit('risk:read')
  @Get()
  @ApiOperation({ summary: 'Risks that were assessed, by steps of runs too, the newest first' })
  @ApiResponse({ status: 200, type: AssessmentPage })
  @ApiProblems('request-invalid')
  async list(
    @Query() query: AssessmentListQuery,
    @RequestCaller() { project }: Caller,
  ): Promise<AssessmentPage> {
    const page = await new AssessmentRepository(this.dataSource.manager).list(project, query, query);
    return toPage(page, toAssessmentSummary);
  }

  @Permit('risk:read')
  @Get(':id')
  @ApiOperation({ summary: 'One assessment, as of its latest version' })
  @ApiResponse({ status: 200, type: AssessmentResource })
  @ApiProblems('risk-assessment-not-found')
  async get(@Param('id') id: string, @RequestCaller() { project }: Caller): Promise<AssessmentResource> {
    return toAssessment(await this.require(project, id));
  }

  @Permit('risk:read')
  @Get(':id/versions')
  @ApiOperation({ summary: 'Versions of an assessment, each with the reason for it' })
  @ApiResponse({ status: 200, type: AssessmentVersionPage })
  @ApiProblems('risk-assessment-not-found', 'request-invalid')
  async versions(
    @Param('id') id: string,
    @Query() query: AssessmentVersionListQuery,
    @RequestCaller() { project }: Caller,
  ): Promise<AssessmentVersionPage> {
    const found = await this.require(project, id);
    const page = await new AssessmentRepository(this.dataSource.manager).listVersions(found.id, query);
    return toPage(page, toAssessmentVersion);
  }

  private async require(project: string, id: string): Promise<AssessmentRow> {
    const assessments = new AssessmentRepository(this.dataSource.manager);
    const row = isUUID(id) ? await assessments.find(project, id) : undefined;
    if (row === undefined) throw problemError('risk-assessment-not-found', 'No assessment has this id.');
    return row;
  }
}
