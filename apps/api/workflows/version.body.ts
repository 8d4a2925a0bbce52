import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Matches, MaxLength } from 'class-validator';
import type { AliasRequest, PublishRequest } from '#contracts/rest/versions.js';
import type { VersionName } from '#contracts/rest/workflows.js';
import { SEMVER } from '#domain/versions/semver.js';
import type { SortOrder } from '#persistence/listing/list-page.js';
import { ALIAS_MOVE_SORTS, VERSION_SORTS } from '#persistence/repositories/version-repository.js';
import { ListQuery, SortBy, SwitchFilter, TextFilter } from '../http/list-query.js';
import { Optional } from '../http/optional.js';
import { IsVersionName, VERSION_NAME_SCHEMA, VERSION_TEXT } from './version-name.js';

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
  @ApiProperty({ example: '1.4.0', maxLength: 100, pattern: SEMVER.source, description: 'SemVer 2.0.0.' })
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
  @ApiPropertyOptional({
    pattern: VERSION_TEXT.source,
    description: 'The newest published version, or the one before, when absent.',
  })
  @Optional()
  @IsString()
  @MaxLength(100)
  from?: string;

  @ApiPropertyOptional({ pattern: VERSION_TEXT.source, description: 'The newest version when absent.' })
  @Optional()
  @IsString()
  @MaxLength(100)
  to?: string;
}

export class VersionListQuery extends ListQuery {
  @SwitchFilter('Whether it was published.')
  published?: boolean;

  @TextFilter('Who saved it.')
  createdBy?: string;

  @SortBy(VERSION_SORTS, '-version')
  sort: SortOrder<(typeof VERSION_SORTS)[number]> = '-version';
}

export class AliasMoveListQuery extends ListQuery {
  @SortBy(ALIAS_MOVE_SORTS, '-movedAt')
  sort: SortOrder<(typeof ALIAS_MOVE_SORTS)[number]> = '-movedAt';
}
