import { Body, Controller, Get, Inject, Patch } from '@nestjs/common';
import { ApiOperation, ApiPropertyOptional, ApiResponse, ApiTags } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import type { DataSource } from 'typeorm';
import type { SettingsChange, SettingsView } from '#contracts/rest/projects.js';
import { parseDuration } from '#domain/definition/duration.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { ProjectRepository } from '#persistence/repositories/project-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { OptionalOrNull } from '../http/optional.js';
import { Reason } from '../http/plain-text.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';

class SettingsResource implements SettingsView {
  @ApiPropertyOptional({
    example: '90d',
    description: 'Longest life of an API key that is made in the project; absent: any, also one without end.',
  })
  keyLifetime?: string;
}

class SettingsBody implements SettingsChange {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: 40,
    pattern: '^[1-9][0-9]{0,2}(m|h|d)$|^P',
    description: 'A duration of at most 366 days, as 90d, 12h or one of ISO 8601; null: none.',
  })
  @OptionalOrNull()
  @IsString()
  @MaxLength(40)
  keyLifetime?: string | null;

  @Reason()
  reason?: string;
}

@ApiTags('settings')
@Controller('api/v1/settings')
export class SettingsController {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  @Permit('settings:read')
  @Get()
  @ApiOperation({ summary: 'The settings of the project' })
  @ApiResponse({ status: 200, type: SettingsResource })
  async get(@RequestCaller() caller: Caller): Promise<SettingsResource> {
    return new ProjectRepository(this.dataSource.manager).readSettings(caller.project);
  }

  @Permit('settings:write')
  @Patch()
  @ApiOperation({
    summary: 'Change settings of the project',
    description: 'What is absent stays. API keys that are there already live as long as they were meant to.',
  })
  @ApiResponse({ status: 200, type: SettingsResource })
  @ApiProblems('request-invalid', 'body-malformed', 'body-too-large')
  async change(
    @Body() { reason, keyLifetime }: SettingsBody,
    @RequestCaller() caller: Caller,
  ): Promise<SettingsResource> {
    requireLifetime(keyLifetime);
    return this.dataSource.transaction(async (manager) => {
      const projects = new ProjectRepository(manager);
      await projects.lock(caller.project);
      const before = await projects.readSettings(caller.project);
      const lifetime = keyLifetime === undefined ? before.keyLifetime : (keyLifetime ?? undefined);
      const after: SettingsView = lifetime === undefined ? {} : { keyLifetime: lifetime };
      await projects.writeSettings(caller.project, after);
      await new AuditRepository(manager).add({
        ...caller,
        action: 'settings.change',
        objectType: 'settings',
        objectId: caller.project,
        before: { ...before },
        after: { ...after },
        reason,
      });
      return after;
    });
  }
}

function requireLifetime(text: string | null | undefined): void {
  if (text === undefined || text === null || (parseDuration(text) ?? 0) > 0) return;
  const message = 'must be a duration such as 90d';
  throw problemError('request-invalid', `keyLifetime ${message}.`, {
    errors: [{ path: 'keyLifetime', message }],
  });
}
