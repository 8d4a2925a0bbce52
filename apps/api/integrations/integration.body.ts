import { ApiProperty, ApiPropertyOptional, OmitType, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsObject,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { describeSecretReference } from '#contracts/catalogue/secret-reference.js';
import type { WatchedPipeline } from '#contracts/cicd/integration.js';
import type { IntegrationRequest } from '#contracts/rest/integrations.js';
import type { JsonObject } from '#domain/json.js';
import type { SortOrder } from '#persistence/listing/list-page.js';
import { NAMED_SORTS, type NamedSort } from '#persistence/listing/named-rows.js';
import { ListQuery, SortBy } from '../http/list-query.js';
import { Description, UniqueName } from '../http/named-fields.js';
import { Optional, OptionalOrNull } from '../http/optional.js';
import { ReasonBody } from '../runs/operation.bodies.js';
import { PLATFORM_AUTHS } from './integration-auth.js';
import { IsAuthorities, IsBaseUrl, IsPlatformName, IsProxy } from './integration-fields.js';

const SECRET_REFERENCE = new RegExp(String(describeSecretReference('')['pattern']));
const MOST_WATCHED = 100;

/** What platforms call a project or a pipeline. */
const IsPlatformText = (most: number) =>
  Matches(new RegExp(`^\\P{Cc}{1,${most}}$`, 'u'), {
    message: `must be 1 to ${most} characters without control characters`,
  });

export class PlatformAuthBody {
  @ApiProperty({ enum: PLATFORM_AUTHS, description: 'One that the platform takes, see `GET /platforms`.' })
  @IsIn(PLATFORM_AUTHS)
  type: (typeof PLATFORM_AUTHS)[number];

  @ApiProperty({
    description: 'A reference to the secret, as `env:NAME`; of `github-app` to its private key (PEM).',
    maxLength: 1024,
  })
  @IsString()
  @MaxLength(1024)
  @Matches(SECRET_REFERENCE, { message: 'must be a reference to a secret, as env:NAME' })
  secret: string;

  @ApiPropertyOptional({ description: 'Of `basic`.', maxLength: 200 })
  @Optional()
  @IsString()
  @Matches(/^[^\p{Cc}:]{1,200}$/u, {
    message: 'must be 1 to 200 characters without a colon or control characters',
  })
  username?: string;

  @ApiPropertyOptional({ format: 'uri', description: 'Token endpoint, of `oauth2`.', maxLength: 2000 })
  @Optional()
  @IsString()
  @MaxLength(2000)
  @IsBaseUrl()
  tokenUrl?: string;

  @ApiPropertyOptional({ description: 'Of `oauth2`.', maxLength: 500 })
  @Optional()
  @IsString()
  @IsPlatformText(500)
  clientId?: string;

  @ApiPropertyOptional({ type: [String], description: 'Of `oauth2`.', maxItems: 50 })
  @Optional()
  @IsArray()
  @ArrayMaxSize(50)
  @Matches(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, { each: true, message: 'must be scope tokens of RFC 6749' })
  scopes?: string[];

  @ApiPropertyOptional({ description: 'Of `github-app`: its id, or its client id.', maxLength: 50 })
  @Optional()
  @IsString()
  @Matches(/^[A-Za-z0-9.]{1,50}$/, { message: 'must be 1 to 50 letters and digits' })
  appId?: string;

  @ApiPropertyOptional({ description: 'Of `github-app`.', pattern: '^[0-9]{1,20}$' })
  @Optional()
  @IsString()
  @Matches(/^[0-9]{1,20}$/, { message: 'must be digits' })
  installationId?: string;
}

export class WatchedPipelineBody implements WatchedPipeline {
  @ApiProperty({ description: 'As the platform names it.', maxLength: 300 })
  @IsString()
  @IsPlatformText(300)
  project: string;

  @ApiPropertyOptional({ description: 'All of the project when absent.', maxLength: 300 })
  @Optional()
  @IsString()
  @IsPlatformText(300)
  pipeline?: string;
}

export class IntegrationBody extends ReasonBody implements Omit<IntegrationRequest, 'auth'> {
  @UniqueName('integrations')
  name: string;

  @Description()
  description?: string | null;

  @ApiProperty({ description: 'Name of a platform, see `GET /platforms`.', maxLength: 50 })
  @IsString()
  @IsPlatformName()
  platform: string;

  @ApiPropertyOptional({
    format: 'uri',
    maxLength: 2000,
    description:
      "Of the platform's API; that of its cloud when absent. Without credentials, query and fragment.",
  })
  @Optional()
  @IsString()
  @MaxLength(2000)
  @IsBaseUrl()
  baseUrl?: string;

  @ApiProperty({ type: PlatformAuthBody })
  @IsObject()
  @ValidateNested()
  @Type(() => PlatformAuthBody)
  auth: PlatformAuthBody;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'By the schema `options` of the platform.',
  })
  @Optional()
  @IsObject()
  options?: JsonObject;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: 65_536,
    description: 'Certificates (PEM) of the only authorities that are trusted.',
  })
  @OptionalOrNull()
  @IsString()
  @MaxLength(65_536)
  @IsAuthorities()
  authorities?: string | null;

  @ApiPropertyOptional({
    type: String,
    format: 'uri',
    nullable: true,
    maxLength: 300,
    description: 'Proxy through which the platform is reached, as `http://proxy.example:3128`.',
  })
  @OptionalOrNull()
  @IsString()
  @MaxLength(300)
  @IsProxy()
  proxy?: string | null;

  @ApiPropertyOptional({ enum: ['active', 'disabled'], default: 'active' })
  @Optional()
  @IsIn(['active', 'disabled'])
  status?: 'active' | 'disabled';

  @ApiPropertyOptional({
    type: [WatchedPipelineBody],
    maxItems: MOST_WATCHED,
    description: 'Whose executions are asked for now and then, whoever starts them.',
  })
  @Optional()
  @IsArray()
  @ArrayMaxSize(MOST_WATCHED)
  @ValidateNested({ each: true })
  @Type(() => WatchedPipelineBody)
  sync?: WatchedPipelineBody[];
}

export class IntegrationChangeBody extends PartialType(OmitType(IntegrationBody, ['platform'] as const), {
  skipNullProperties: false,
}) {}

export class IntegrationListQuery extends ListQuery {
  @ApiPropertyOptional({ enum: ['active', 'disabled'] })
  @Optional()
  @IsIn(['active', 'disabled'])
  status?: 'active' | 'disabled';

  @ApiPropertyOptional({ description: 'Name of a platform.', maxLength: 50 })
  @Optional()
  @IsString()
  @IsPlatformName()
  platform?: string;

  @SortBy(NAMED_SORTS, 'name')
  sort: SortOrder<NamedSort> = 'name';
}
