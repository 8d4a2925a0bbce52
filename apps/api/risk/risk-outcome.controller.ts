import { Body, Controller, Get, Inject, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { OutcomeRepository } from '#persistence/risk/outcome-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import type { ApiReply } from '../http/exchange.js';
import { toPage } from '../http/list-query.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { NoteOutcome } from './note-outcome.js';
import { OutcomeBody, OutcomeListQuery } from './risk.body.js';
import { OutcomePage, OutcomeResource, toOutcome } from './risk.resource.js';

@ApiTags('risk')
@Controller('api/v1/risk/outcomes')
export class RiskOutcomeController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(NoteOutcome) private readonly noteOutcome: NoteOutcome,
  ) {}

  @Permit('risk:assess')
  @Post()
  @ApiOperation({
    summary: 'Say what became of a change',
    description: 'In place of what was said of it before. Models of the project learn from it.',
  })
  @ApiResponse({ status: 201, type: OutcomeResource })
  @ApiResponse({ status: 200, description: 'Something had been said of it before.', type: OutcomeResource })
  @ApiProblems(
    'request-invalid',
    'risk-assessment-not-found',
    'body-malformed',
    'body-forbidden-key',
    'body-too-deep',
    'body-too-large',
  )
  async note(
    @Body() body: OutcomeBody,
    @RequestCaller() caller: Caller,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<OutcomeResource> {
    const { created, row } = await this.noteOutcome.note(body, caller);
    reply.code(created ? 201 : 200);
    return toOutcome(row);
  }

  @Permit('risk:read')
  @Get()
  @ApiOperation({ summary: 'What became of changes, with their factors' })
  @ApiResponse({ status: 200, type: OutcomePage })
  @ApiProblems('request-invalid')
  async list(@Query() query: OutcomeListQuery, @RequestCaller() { project }: Caller): Promise<OutcomePage> {
    return toPage(
      await new OutcomeRepository(this.dataSource.manager).list(project, query, query),
      toOutcome,
    );
  }
}
