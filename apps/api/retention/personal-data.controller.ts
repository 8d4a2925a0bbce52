import { randomBytes } from 'node:crypto';
import { Body, Controller, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { createNamePattern } from '#domain/audit/replace-name.js';
import { erasePerson } from '#persistence/personal-data/erase-person.js';
import { type PersonalRecord, readPerson } from '#persistence/personal-data/export-person.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { takeRetentionLock } from '#persistence/retention/retention-lock.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import type { ApiReply } from '../http/exchange.js';
import { JSON_LINES, sendLines } from '../http/json-lines.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { ErasureBody, ErasureResource, PersonBody } from './personal-data.body.js';
import { RetainData } from './retain-data.js';

/** Names stand in bodies: a path would bring them into logs. */
@ApiTags('personal data')
@Controller('api/v1/personal-data')
export class PersonalDataController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(RetainData) private readonly retainData: RetainData,
  ) {}

  @Permit('personal-data:read')
  @Post('export')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Export all that names one person, as JSON lines',
    description: 'One row a line, with its table; what lies in the archive is not among them.',
  })
  @ApiProduces(JSON_LINES)
  @ApiResponse({ status: 200, description: 'One row a line.' })
  @ApiProblems('request-invalid', 'body-malformed', 'body-too-large')
  async export(
    @Body() { name }: PersonBody,
    @Res() reply: ApiReply,
    @RequestCaller() { project, actor, correlationId }: Caller,
  ): Promise<void> {
    await new AuditRepository(this.dataSource.manager).add({
      project,
      actor,
      correlationId,
      action: 'personal-data.export',
      objectType: 'personal-data',
      objectId: name,
    });
    sendLines(reply, this.read(project, name));
  }

  @Permit('personal-data:erase')
  @Post('erase')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Put a pseudonym wherever one person is named',
    description:
      'In the tables, the archive and the audit log, whose chain stays valid. What was cut short can be done again with the same pseudonym.',
  })
  @ApiResponse({ status: 200, type: ErasureResource })
  @ApiProblems('request-invalid', 'retention-busy', 'body-malformed', 'body-too-large')
  async erase(@Body() body: ErasureBody, @RequestCaller() caller: Caller): Promise<ErasureResource> {
    const { name, reason, pseudonym = `former-${randomBytes(6).toString('hex')}` } = body;
    refuseNaming(pseudonym, name);
    const release = await takeRetentionLock(this.dataSource);
    try {
      return await erasePerson(this.dataSource, {
        project: caller.project,
        name,
        pseudonym,
        archive: this.retainData.archive,
        caller,
        reason,
      });
    } finally {
      await release();
    }
  }

  /** As of one moment, in a transaction that ends with the last line, or when the client goes. */
  private async *read(project: string, name: string): AsyncGenerator<readonly PersonalRecord[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.startTransaction('REPEATABLE READ');
      yield* readPerson(runner.manager, project, name);
    } finally {
      if (runner.isTransactionActive) await runner.rollbackTransaction();
      await runner.release();
    }
  }
}

function refuseNaming(pseudonym: string, name: string): void {
  if (!createNamePattern(name).test(pseudonym)) return;
  const message = 'must not hold the name';
  throw problemError('request-invalid', `pseudonym ${message}.`, {
    errors: [{ path: 'pseudonym', message }],
  });
}
