import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Matches, ValidateIf } from 'class-validator';
import type { MemberRequest, ProjectChange, ProjectRequest } from '#contracts/rest/projects.js';
import type { SortOrder } from '#persistence/listing/list-page.js';
import { PROJECT_SORTS, type ProjectSort } from '#persistence/repositories/project-repository.js';
import { MEMBER_SORTS, type MemberSort } from '#persistence/repositories/user-repository.js';
import { PROJECT_NAME } from '../auth/authenticate.js';
import { ListQuery, SortBy } from '../http/list-query.js';
import { Optional } from '../http/optional.js';
import { PlainText, Reason, RoleNames } from '../http/plain-text.js';

export class ProjectBody implements ProjectRequest {
  @ApiProperty({ pattern: PROJECT_NAME.source })
  @IsString()
  @Matches(PROJECT_NAME, {
    message: 'must be small letters, digits and -, beginning with a letter, 63 at most',
  })
  name: string;

  @ApiPropertyOptional({ maxLength: 500 })
  @Optional()
  @PlainText(500)
  description?: string;

  @Reason()
  reason?: string;
}

export class ProjectChangeBody implements ProjectChange {
  @ApiProperty({ type: String, nullable: true, maxLength: 500, description: 'null: none.' })
  @ValidateIf((_, value) => value !== null)
  @PlainText(500)
  description: string | null;

  @Reason()
  reason?: string;
}

export class MemberBody implements MemberRequest {
  @ApiProperty({
    type: [String],
    minItems: 1,
    maxItems: 20,
    description: 'Of viewer, operator, developer, approver, admin, and others, which only approvals name.',
  })
  @RoleNames(1)
  roles: string[];

  @Reason()
  reason?: string;
}

export class ProjectListQuery extends ListQuery {
  @SortBy(PROJECT_SORTS, 'name')
  sort: SortOrder<ProjectSort> = 'name';
}

export class MemberListQuery extends ListQuery {
  @SortBy(MEMBER_SORTS, 'user')
  sort: SortOrder<MemberSort> = 'user';
}
