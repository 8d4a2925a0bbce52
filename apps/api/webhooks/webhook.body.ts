import { ApiProperty, ApiPropertyOptional, OmitType, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { describeSecretReference } from '#contracts/catalogue/secret-reference.js';
import type { RotateRequest } from '#contracts/rest/webhooks.js';
import type { VersionName } from '#contracts/rest/workflows.js';
import type { DeliveryOutcome, WebhookAction, WebhookScheme } from '#contracts/webhooks.js';
import type { Json, JsonObject } from '#domain/json.js';
import type { SortOrder } from '#persistence/listing/list-page.js';
import { NAMED_SORTS, type NamedSort } from '#persistence/listing/named-rows.js';
import { DELIVERY_SORTS, type DeliverySort } from '#persistence/webhooks/delivery-rows.js';
import { ChoiceFilter, ListQuery, SortBy } from '../http/list-query.js';
import { Description, UniqueName } from '../http/named-fields.js';
import { Optional, OptionalOrNull } from '../http/optional.js';
import { IsValue, ReasonBody } from '../runs/operation.bodies.js';
import { IsVersionName, VERSION_NAME_SCHEMA } from '../workflows/version-name.js';

export const SCHEMES = [
  'github',
  'gitlab',
  'hmac',
  'standard-webhooks',
] as const satisfies readonly WebhookScheme['type'][];
const ACTIONS = ['start', 'send'] as const satisfies readonly WebhookAction['type'][];
export const OUTCOMES = [
  'started',
  'sent',
  'filtered',
  'refused',
] as const satisfies readonly DeliveryOutcome[];

const SECRET_REFERENCE = new RegExp(String(describeSecretReference('')['pattern']));
const HEADER = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;
const HEADER_MESSAGE = { message: 'must be the name of a header' };
const MAX_SOURCE = 4_096;

const IsReference = () =>
  Matches(SECRET_REFERENCE, { message: 'must be a reference to a secret, as env:NAME' });

export class SchemeBody {
  @ApiProperty({ enum: SCHEMES })
  @IsIn(SCHEMES)
  type: WebhookScheme['type'];

  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description: 'Of `gitlab`: its signing token, in place of the secret token.',
  })
  @Optional()
  @IsBoolean()
  signedEvents?: boolean;

  @ApiPropertyOptional({
    description: 'Of `hmac`, which needs it: the header of the signature.',
    maxLength: 100,
  })
  @Optional()
  @IsString()
  @Matches(HEADER, HEADER_MESSAGE)
  header?: string;

  @ApiPropertyOptional({ enum: ['sha256', 'sha512'], default: 'sha256', description: 'Of `hmac`.' })
  @Optional()
  @IsIn(['sha256', 'sha512'])
  algorithm?: 'sha256' | 'sha512';

  @ApiPropertyOptional({ enum: ['hex', 'base64'], default: 'hex', description: 'Of `hmac`.' })
  @Optional()
  @IsIn(['hex', 'base64'])
  encoding?: 'hex' | 'base64';

  @ApiPropertyOptional({
    description: 'Of `hmac`: before the signature, as `v1=`.',
    maxLength: 50,
    default: '',
  })
  @Optional()
  @IsString()
  @Matches(/^[\x20-\x2b\x2d-\x7e]{0,50}$/, {
    message: 'must be 50 characters of ASCII at most, without commas',
  })
  prefix?: string;

  @ApiPropertyOptional({
    description:
      'Of `hmac`: what is signed, with `{body}` once, and `{timestamp}` where it is signed; `{timestamp}.{body}` when absent where there is a `timestampHeader`, else `{body}`.',
    maxLength: 200,
  })
  @Optional()
  @IsString()
  @Matches(/^\P{Cc}{6,200}$/u, { message: 'must be 6 to 200 characters without control characters' })
  signed?: string;

  @ApiPropertyOptional({
    description: 'Of `hmac`: the header of the moment of sending, in seconds or milliseconds since 1970.',
    maxLength: 100,
  })
  @Optional()
  @IsString()
  @Matches(HEADER, HEADER_MESSAGE)
  timestampHeader?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 86_400,
    default: 300,
    description: 'Of `hmac` with a timestamp, and `standard-webhooks`: seconds that the clocks may differ.',
  })
  @Optional()
  @IsInt()
  @Min(1)
  @Max(86_400)
  toleranceS?: number;

  @ApiPropertyOptional({
    description:
      "Of `hmac`: the header of the delivery's id; without it, what is signed tells deliveries apart.",
    maxLength: 100,
  })
  @Optional()
  @IsString()
  @Matches(HEADER, HEADER_MESSAGE)
  idHeader?: string;

  @ApiPropertyOptional({
    description: "Of `hmac`: the header of the event's type; when absent, `type` of the body.",
    maxLength: 100,
  })
  @Optional()
  @IsString()
  @Matches(HEADER, HEADER_MESSAGE)
  typeHeader?: string;
}

export class ActionBody {
  @ApiProperty({
    enum: ACTIONS,
    description: '`start` a run of a workflow, or `send` an event to runs that wait for it.',
  })
  @IsIn(ACTIONS)
  type: WebhookAction['type'];

  @ApiPropertyOptional({
    description: 'Of `start`, which needs it: id or name of the workflow.',
    maxLength: 200,
  })
  @Optional()
  @IsString()
  @Matches(/^\P{Cc}{1,200}$/u, { message: 'must be the id or name of a workflow' })
  workflow?: string;

  @ApiPropertyOptional({ ...VERSION_NAME_SCHEMA, description: 'Of `start`: the newest when absent.' })
  @Optional()
  @IsVersionName()
  version?: VersionName;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { commit: '${{ body.after }}' },
    description:
      'Of `start`: inputs of the run; its texts may hold expressions over `event`, `headers` and `body`.',
  })
  @Optional()
  @IsValue()
  @IsObject()
  inputs?: JsonObject;

  @ApiPropertyOptional({
    enum: ['wait', 'refuse'],
    description: 'Of `start`: what becomes of the run where a freeze holds the workflow.',
  })
  @Optional()
  @IsIn(['wait', 'refuse'])
  freeze?: 'wait' | 'refuse';

  @ApiPropertyOptional({
    description: 'Of `send`, which needs it: name of the event; may hold expressions.',
    maxLength: 1_000,
  })
  @Optional()
  @IsString()
  @Matches(/^(?=.*\S)\P{Cc}{1,1000}$/u, { message: 'must be a text without control characters' })
  event?: string;

  @ApiPropertyOptional({
    type: Object,
    description: 'Of `send`: any JSON; its texts may hold expressions. The whole body when absent.',
  })
  @Optional()
  @IsValue()
  data?: Json;

  @ApiPropertyOptional({
    description: 'Of `send`: expression that names the run, as `${{ body.run }}`; all that wait when absent.',
    maxLength: 1_000,
  })
  @Optional()
  @IsString()
  @Matches(/^(?=.*\S)\P{Cc}{1,1000}$/u, { message: 'must be a text without control characters' })
  run?: string;
}

export class WebhookBody extends ReasonBody {
  @UniqueName('webhooks')
  name: string;

  @Description()
  description?: string | null;

  @ApiProperty({ type: SchemeBody, description: 'How the sender proves that an event is its own.' })
  @IsObject()
  @ValidateNested()
  @Type(() => SchemeBody)
  scheme: SchemeBody;

  @ApiPropertyOptional({
    description:
      'A reference to the secret, as `env:NAME`, resolved by the API; one is made, and told once, when absent.',
    maxLength: 1024,
  })
  @Optional()
  @IsString()
  @MaxLength(1024)
  @IsReference()
  secret?: string;

  @ApiProperty({ type: ActionBody })
  @IsObject()
  @ValidateNested()
  @Type(() => ActionBody)
  action: ActionBody;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: MAX_SOURCE,
    example: "event.type == 'push' && body.ref == 'refs/heads/main'",
    description: 'Expression in CEL over `event`, `headers` and `body`: whether the event is meant.',
  })
  @OptionalOrNull()
  @IsString()
  @MaxLength(MAX_SOURCE)
  filter?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: MAX_SOURCE,
    description:
      "Expression in CEL that tells deliveries apart, in place of the sender's id of the delivery.",
  })
  @OptionalOrNull()
  @IsString()
  @MaxLength(MAX_SOURCE)
  deliveryKey?: string | null;

  @ApiPropertyOptional({ enum: ['active', 'disabled'], default: 'active' })
  @Optional()
  @IsIn(['active', 'disabled'])
  status?: 'active' | 'disabled';
}

export class WebhookChangeBody extends PartialType(OmitType(WebhookBody, ['secret'] as const), {
  skipNullProperties: false,
}) {}

export class RotateBody extends ReasonBody implements RotateRequest {
  @ApiPropertyOptional({ description: 'As with POST /webhooks.', maxLength: 1024 })
  @Optional()
  @IsString()
  @MaxLength(1024)
  @IsReference()
  secret?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: 2_592_000,
    default: 86_400,
    description: 'Seconds that the secret before is valid still.',
  })
  @Optional()
  @IsInt()
  @Min(0)
  @Max(2_592_000)
  overlapS?: number;
}

export class WebhookListQuery extends ListQuery {
  @ApiPropertyOptional({ enum: ['active', 'disabled'] })
  @Optional()
  @IsIn(['active', 'disabled'])
  status?: 'active' | 'disabled';

  @SortBy(NAMED_SORTS, 'name')
  sort: SortOrder<NamedSort> = 'name';
}

export class DeliveryListQuery extends ListQuery {
  @ChoiceFilter(OUTCOMES)
  outcome?: DeliveryOutcome[];

  @SortBy(DELIVERY_SORTS, '-id')
  sort: SortOrder<DeliverySort> = '-id';
}
