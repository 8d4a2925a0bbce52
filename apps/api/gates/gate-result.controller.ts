import { Body, Controller, Get, Inject, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import type { DataSource } from 'typeorm';
import { GateBypassRepository, type GateBypassRow } from '#persistence/gates/gate-bypass-repository.js';
import type { GateRow } from '#persistence/gates/gate-repository.js';
import { GateResultRepository, type GateResultRow } from '#persistence/gates/gate-result-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import type { ApiReply } from '../http/exchange.js';
import { toPage } from '../http/list-query.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindGate } from './find-gate.js';
import { AfterwardsBody, EvaluateGateBody, GateResultListQuery } from './gate.body.js';
import {
  GateDecisionResource,
  GateResultPage,
  GateResultResource,
  toDecision,
  toResult,
  toResultSummary,
} from './gate-result.resource.js';
import { JudgeChange } from './judge-change.js';
import { NoteAfterwards } from './note-afterwards.js';

@ApiTags('gates')
@Controller('api/v1/gates/:name')
export class GateResultController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindGate) private readonly findGate: FindGate,
    @Inject(JudgeChange) private readonly judgeChange: JudgeChange,
    @Inject(NoteAfterwards) private readonly noteAfterwards: NoteAfterwards,
  ) {}

  @Permit('gates:evaluate')
  @Post('evaluate')
  @ApiOperation({
    summary: 'Judge a change by a gate',
    description:
      'By the metrics of the request, and by the results that the gate has of earlier ones. The same inputs, of the same change, have one result, which is found again.',
  })
  @ApiResponse({ status: 201, description: 'A new result.', type: GateDecisionResource })
  @ApiResponse({
    status: 200,
    description: 'It was found again, or nothing was to be stored.',
    type: GateDecisionResource,
  })
  @ApiProblems(
    'request-invalid',
    'gate-not-found',
    'gate-version-not-found',
    'run-not-found',
    'metrics-invalid',
    'body-malformed',
    'body-forbidden-key',
    'body-too-deep',
    'body-too-large',
  )
  async evaluate(
    @Param('name') name: string,
    @Body() body: EvaluateGateBody,
    @RequestCaller() caller: Caller,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<GateDecisionResource> {
    const decision = await this.judgeChange.judge(name, body, caller);
    reply.code(decision.created ? 201 : 200);
    return toDecision(decision);
  }

  @Permit('gates:read')
  @Get('results')
  @ApiOperation({ summary: 'What a gate said, the newest first' })
  @ApiResponse({ status: 200, type: GateResultPage })
  @ApiProblems('gate-not-found', 'request-invalid')
  async list(
    @Param('name') name: string,
    @Query() query: GateResultListQuery,
    @RequestCaller() caller: Caller,
  ): Promise<GateResultPage> {
    const gate = await this.findGate.require(caller.project, name);
    const page = await new GateResultRepository(this.dataSource.manager).list(gate.id, query, query);
    const bypass = await this.findBypass(gate);
    return toPage(page, (row) => toResultSummary(row, { gate, bypass }));
  }

  @Permit('gates:read')
  @Get('results/:result')
  @ApiOperation({ summary: 'One result of a gate, with each criterion' })
  @ApiResponse({ status: 200, type: GateResultResource })
  @ApiProblems('gate-not-found', 'gate-result-not-found')
  async get(
    @Param('name') name: string,
    @Param('result') result: string,
    @RequestCaller() caller: Caller,
  ): Promise<GateResultResource> {
    const gate = await this.findGate.require(caller.project, name);
    return toResult(await this.require(gate, result), { gate, bypass: await this.findBypass(gate) });
  }

  @Permit('gates:evaluate')
  @Put('results/:result/afterwards')
  @ApiOperation({
    summary: 'Say what became of a change',
    description: 'Limits that are learnt are learnt from it.',
  })
  @ApiResponse({ status: 200, type: GateResultResource })
  @ApiProblems(
    'gate-not-found',
    'gate-result-not-found',
    'request-invalid',
    'body-malformed',
    'body-forbidden-key',
    'body-too-deep',
    'body-too-large',
  )
  async note(
    @Param('name') name: string,
    @Param('result') result: string,
    @Body() body: AfterwardsBody,
    @RequestCaller() caller: Caller,
  ): Promise<GateResultResource> {
    const gate = await this.findGate.require(caller.project, name);
    await this.noteAfterwards.note(await this.require(gate, result), body, caller);
    return this.get(gate.id, result, caller);
  }

  private async require(gate: GateRow, id: string): Promise<GateResultRow> {
    const results = new GateResultRepository(this.dataSource.manager);
    const row = isUUID(id) ? await results.find(gate.id, id) : undefined;
    if (row === undefined) throw problemError('gate-result-not-found', `${gate.name} has no such result.`);
    return row;
  }

  private async findBypass({ id }: GateRow): Promise<GateBypassRow | undefined> {
    return (await new GateBypassRepository(this.dataSource.manager).findActive([id])).get(id);
  }
}
