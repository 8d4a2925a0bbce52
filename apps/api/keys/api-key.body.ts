import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsInt,
  IsISO8601,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import type { ApiKeyRequest, TokenRequest } from '#contracts/rest/api-keys.js';
import type { SortOrder } from '#persistence/listing/list-page.js';
import { API_KEY_SORTS, type ApiKeySort } from '#persistence/repositories/api-key-repository.js';
import { PROJECT_NAME } from '../auth/authenticate.js';
import { ListQuery, SortBy } from '../http/list-query.js';
import { Optional } from '../http/optional.js';
import { Reason, RoleNames } from '../http/plain-text.js';

const PROJECT_OR_ALL = new RegExp(`^\\*$|${PROJECT_NAME.source}`);

export class ApiKeyBody implements ApiKeyRequest {
  @ApiProperty({ maxLength: 100, description: 'What the audit log says, as `key:name`.' })
  @IsString()
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$/, {
    message: 'must be letters, digits and . _ @ + -, 100 at most',
  })
  name: string;

  @ApiPropertyOptional({
    type: [String],
    maxItems: 20,
    description: 'In each of its projects; needed, unless it stands for a person.',
  })
  @Optional()
  @RoleNames(1)
  roles?: string[];

  @ApiPropertyOptional({
    maxLength: 100,
    description: 'Name of the person that it stands for, whose roles count then.',
  })
  @Optional()
  @IsString()
  @MaxLength(100)
  user?: string;

  @ApiPropertyOptional({
    type: [String],
    maxItems: 50,
    description:
      'The project of the request alone when absent; others, or `*` for all, only by an administrator of all projects.',
  })
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsString({ each: true })
  @Matches(PROJECT_OR_ALL, { each: true, message: 'must be names of projects, or *' })
  projects?: string[];

  @ApiPropertyOptional({ format: 'date-time', description: 'For ever when absent.' })
  @Optional()
  @MaxLength(40)
  @IsISO8601({ strict: true, strictSeparator: true }, { message: 'must be a time of RFC 3339' })
  expiresAt?: string;

  @Reason()
  reason?: string;
}

export class TokenBody implements TokenRequest {
  @ApiPropertyOptional({ minimum: 60, maximum: 3_600, default: 900, description: 'Seconds.' })
  @Optional()
  @IsInt()
  @Min(60)
  @Max(3_600)
  expiresIn?: number;

  @ApiPropertyOptional({ type: [String], maxItems: 20, description: 'Of those of the key; all when absent.' })
  @Optional()
  @RoleNames(1)
  roles?: string[];

  @ApiPropertyOptional({ description: 'Of those of the key; all when absent.' })
  @Optional()
  @IsString()
  @Matches(PROJECT_NAME, { message: 'must be the name of a project' })
  project?: string;
}

export class ApiKeyListQuery extends ListQuery {
  @SortBy(API_KEY_SORTS, '-createdAt')
  sort: SortOrder<ApiKeySort> = '-createdAt';
}
