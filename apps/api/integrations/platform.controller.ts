import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CAPABILITIES, type Capability, type PlatformDescription } from '#connectors/cicd/platform.js';
import type { Platforms } from '#connectors/cicd/platforms.js';
import type { PlatformAuthType } from '#contracts/cicd/integration.js';
import type { CapabilityView, PlatformView } from '#contracts/rest/integrations.js';
import type { JsonObject } from '#domain/json.js';
import { Permit } from '../auth/permit.js';
import { PLATFORMS } from '../tokens.js';
import { PLATFORM_AUTHS } from './integration-auth.js';

class CapabilityResource implements CapabilityView {
  @ApiProperty({ enum: CAPABILITIES }) name: Capability;
  @ApiProperty() supported: boolean;
  @ApiPropertyOptional() note?: string;
  @ApiPropertyOptional({ description: 'What to do where it is not supported.' }) instead?: string;
}

class PlatformNamesResource {
  @ApiProperty() project: string;
  @ApiProperty() pipeline: string;
}

class PlatformResource implements PlatformView {
  @ApiProperty({ description: 'What `platform` of an integration takes.' }) name: string;
  @ApiProperty() title: string;
  @ApiPropertyOptional({
    description:
      'URL of its cloud, in which words in braces are to be filled in; absent where everybody has an own one.',
  })
  cloudUrl?: string;
  @ApiProperty({ enum: PLATFORM_AUTHS, isArray: true, description: 'The usual one first.' })
  auth: readonly PlatformAuthType[];
  @ApiProperty({ type: [String], description: 'What its tokens must allow.' }) permissions: readonly string[];
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'JSON Schema of `options` of an integration.',
  })
  options: JsonObject;
  @ApiProperty({ type: PlatformNamesResource, description: 'What a project and a pipeline are there.' })
  names: PlatformNamesResource;
  @ApiProperty({ type: [CapabilityResource] }) capabilities: CapabilityResource[];
}

class PlatformList {
  @ApiProperty({ type: [PlatformResource] }) items: PlatformResource[];
}

@ApiTags('integrations')
@Controller('api/v1/platforms')
export class PlatformController {
  constructor(@Inject(PLATFORMS) private readonly platforms: Platforms) {}

  @Permit('integrations:read')
  @Get()
  @ApiOperation({
    summary: 'The platforms that are known here',
    description: 'With what each can do, and what to do instead where it cannot.',
  })
  @ApiResponse({ status: 200, type: PlatformList })
  list(): PlatformList {
    return { items: this.platforms.all.map(({ description }) => toPlatform(description)) };
  }
}

function toPlatform(description: PlatformDescription): PlatformResource {
  const { name, title, cloudUrl, auth, permissions, options, names, capabilities } = description;
  return {
    name,
    title,
    ...(cloudUrl === undefined ? {} : { cloudUrl }),
    auth,
    permissions,
    options,
    names,
    capabilities: CAPABILITIES.map((capability) => ({ name: capability, ...capabilities[capability] })),
  };
}
