import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  IsUrl,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { AgentRetry } from '#contracts/agents.js';
import { describeSecretReference } from '#contracts/catalogue/secret-reference.js';
import type { AgentRequest } from '#contracts/rest/agents.js';
import type { SortOrder } from '#persistence/listing/list-page.js';
import { NAMED_SORTS, type NamedSort } from '#persistence/listing/named-rows.js';
import { ListQuery, SortBy } from '../http/list-query.js';
import { Description, UniqueName } from '../http/named-fields.js';
import { Optional, OptionalOrNull } from '../http/optional.js';
import { ReasonBody } from '../runs/operation.bodies.js';
import { AGENT_AUTHS } from './agent-auth.js';

const SECRET_REFERENCE = new RegExp(String(describeSecretReference('')['pattern']));
/** Without credentials: those are secrets. */
const IsAgentUrl = () =>
  IsUrl({
    protocols: ['http', 'https'],
    require_protocol: true,
    require_tld: false,
    disallow_auth: true,
    validate_length: false,
  });

export class AgentAuthBody {
  @ApiProperty({ enum: AGENT_AUTHS })
  @IsIn(AGENT_AUTHS)
  type: (typeof AGENT_AUTHS)[number];

  @ApiPropertyOptional({
    description: 'A reference to the secret, as `env:NAME`; of all but `none`.',
    maxLength: 1024,
  })
  @Optional()
  @IsString()
  @MaxLength(1024)
  @Matches(SECRET_REFERENCE, { message: 'must be a reference to a secret, as env:NAME' })
  secret?: string;

  @ApiPropertyOptional({ description: 'Of `basic`.', maxLength: 200 })
  @Optional()
  @IsString()
  @Matches(/^[^\p{Cc}:]{1,200}$/u, {
    message: 'must be 1 to 200 characters without a colon or control characters',
  })
  username?: string;

  @ApiPropertyOptional({ description: 'Name of a header, of `api_key`.', maxLength: 100 })
  @Optional()
  @IsString()
  @Matches(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, { message: 'must be the name of a header' })
  header?: string;

  @ApiPropertyOptional({ format: 'uri', description: 'Token endpoint, of `oauth2`.', maxLength: 2000 })
  @Optional()
  @IsString()
  @MaxLength(2000)
  @IsAgentUrl()
  tokenUrl?: string;

  @ApiPropertyOptional({ description: 'Of `oauth2`.', maxLength: 500 })
  @Optional()
  @IsString()
  @Matches(/^\P{Cc}{1,500}$/u, { message: 'must be 1 to 500 characters without control characters' })
  clientId?: string;

  @ApiPropertyOptional({ type: [String], description: 'Of `oauth2`.', maxItems: 50 })
  @Optional()
  @IsArray()
  @ArrayMaxSize(50)
  @Matches(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, { each: true, message: 'must be scope tokens of RFC 6749' })
  scopes?: string[];
}

export class AgentRetryBody implements AgentRetry {
  @ApiProperty({ minimum: 1, maximum: 10, description: 'Calls at most, in one attempt of a step.' })
  @IsInt()
  @Min(1)
  @Max(10)
  attempts: number;

  @ApiProperty({
    minimum: 0,
    maximum: 60_000,
    description: 'Before the second call; doubled before each further one.',
  })
  @IsInt()
  @Min(0)
  @Max(60_000)
  pauseMs: number;
}

export class AgentBody extends ReasonBody implements Omit<AgentRequest, 'auth'> {
  @UniqueName('agents')
  name: string;

  @ApiProperty({ format: 'uri', maxLength: 2000, description: 'Called by POST. Without credentials.' })
  @IsString()
  @MaxLength(2000)
  @IsAgentUrl()
  url: string;

  @ApiPropertyOptional({
    type: String,
    format: 'uri',
    nullable: true,
    maxLength: 2000,
    description: 'Asked by GET whether the agent is well; by default `health` beside `url`.',
  })
  @OptionalOrNull()
  @IsString()
  @MaxLength(2000)
  @IsAgentUrl()
  healthUrl?: string | null;

  @Description()
  description?: string | null;

  @ApiPropertyOptional({ type: AgentAuthBody })
  @Optional()
  @IsObject()
  @ValidateNested()
  @Type(() => AgentAuthBody)
  auth?: AgentAuthBody;

  @ApiPropertyOptional({ minimum: 100, maximum: 600_000, default: 30_000, description: 'Of one call.' })
  @Optional()
  @IsInt()
  @Min(100)
  @Max(600_000)
  timeoutMs?: number;

  @ApiPropertyOptional({ type: AgentRetryBody })
  @Optional()
  @IsObject()
  @ValidateNested()
  @Type(() => AgentRetryBody)
  retry?: AgentRetryBody;

  @ApiPropertyOptional({ enum: ['active', 'disabled'], default: 'active' })
  @Optional()
  @IsIn(['active', 'disabled'])
  status?: 'active' | 'disabled';
}

export class AgentChangeBody extends PartialType(AgentBody, { skipNullProperties: false }) {}

export class AgentListQuery extends ListQuery {
  @ApiPropertyOptional({ enum: ['active', 'disabled'] })
  @Optional()
  @IsIn(['active', 'disabled'])
  status?: 'active' | 'disabled';

  @SortBy(NAMED_SORTS, 'name')
  sort: SortOrder<NamedSort> = 'name';
}
