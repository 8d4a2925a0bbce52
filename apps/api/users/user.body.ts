import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsString, Matches, MinLength, ValidateIf } from 'class-validator';
import type { UserChange, UserRequest } from '#contracts/rest/users.js';
import type { SortOrder } from '#persistence/listing/list-page.js';
import { USER_SORTS, type UserSort } from '#persistence/repositories/user-repository.js';
import { ListQuery, SortBy } from '../http/list-query.js';
import { Optional, OptionalOrNull } from '../http/optional.js';
import { PlainText, Reason, RoleNames } from '../http/plain-text.js';

/** In small letters: a name in other letters makes nobody another person. */
const USER_NAME = /^[a-z0-9][a-z0-9._@+-]{0,99}$/;
/** What stands in the audit log for those who are nobody in particular. */
const RESERVED: readonly string[] = ['local', 'sluice', 'temporal-ui', 'me'];

/** As it is kept; undefined for what cannot be one. */
export function toUserName(text: string): string | undefined {
  const name = text.toLowerCase();
  return USER_NAME.test(name) && !RESERVED.includes(name) ? name : undefined;
}

export class UserBody implements UserRequest {
  @ApiProperty({
    maxLength: 100,
    description:
      'Letters, digits and . _ @ + -, kept in small letters: what the audit log and approvals say.',
  })
  @IsString()
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$/, {
    message: 'must be letters, digits and . _ @ + -, 100 at most',
  })
  @Matches(/^(?!(local|sluice|temporal-ui|me)$)/i, {
    message: 'must be none of local, sluice, temporal-ui, me',
  })
  name: string;

  @ApiPropertyOptional({ maxLength: 200 })
  @Optional()
  @PlainText(200)
  displayName?: string;

  @ApiPropertyOptional({ maxLength: 500, description: 'OIDC `iss`; only together with `subject`.' })
  @ValidateIf((body: UserBody) => body.issuer !== undefined || body.subject !== undefined)
  @MinLength(1)
  @PlainText(500)
  issuer?: string;

  @ApiPropertyOptional({ maxLength: 255, description: 'OIDC `sub`.' })
  @ValidateIf((body: UserBody) => body.issuer !== undefined || body.subject !== undefined)
  @MinLength(1)
  @PlainText(255)
  subject?: string;

  @ApiPropertyOptional({ type: [String], maxItems: 20, description: 'In all projects.' })
  @Optional()
  @RoleNames(0)
  roles?: string[];

  @Reason()
  reason?: string;
}

export class UserChangeBody implements UserChange {
  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 200 })
  @OptionalOrNull()
  @PlainText(200)
  displayName?: string | null;

  @ApiPropertyOptional({ type: [String], maxItems: 20, description: 'In all projects.' })
  @Optional()
  @RoleNames(0)
  roles?: string[];

  @ApiPropertyOptional({ description: 'true: shut out, with all keys that stand for the person.' })
  @Optional()
  @IsBoolean()
  disabled?: boolean;

  @Reason()
  reason?: string;
}

export class UserListQuery extends ListQuery {
  @SortBy(USER_SORTS, 'name')
  sort: SortOrder<UserSort> = 'name';
}
