import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import type { AliasRequest, PublishRequest } from '#contracts/rest/versions.js';
import type { VersionName } from '#contracts/rest/workflows.js';
import { PageQuery } from '../http/page-query.js';
import { IsVersionName, VERSION_NAME_SCHEMA } from './version-name.js';

const MAX_REASON = 1_000;

/** Why: what is published and what aliases name is asked about later. */
class ReasonedBody {
  @ApiProperty({ maxLength: MAX_REASON, description: 'Why; kept for ever.' })
  @IsString()
  @MaxLength(MAX_REASON)
  @Matches(/^(?=[\s\S]*\S)[\P{Cc}\n\t]*$/u, { message: 'must be a text without control characters' })
  reason: string;
}

export class PublishBody extends ReasonedBody implements PublishRequest {
  @ApiProperty({ example: '1.4.0', maxLength: 100, description: 'SemVer 2.0.0.' })
  @IsString()
  @MaxLength(100)
  version: string;
}

export class AliasBody extends ReasonedBody implements AliasRequest {
  @ApiProperty({ ...VERSION_NAME_SCHEMA, description: 'A published version.' })
  @IsVersionName()
  version: VersionName;
}

export class RemoveAliasQuery extends ReasonedBody {}

export class DiffQuery {
  @ApiPropertyOptional({ description: 'The newest published version, or the one before, when absent.' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  from?: string;

  @ApiPropertyOptional({ description: 'The newest version when absent.' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  to?: string;
}

export class VersionListQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Only those that were published.', type: Boolean, default: false })
  @IsOptional()
  @Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  published = false;
}
