import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { PlatformDeliveryRepository } from '#persistence/integrations/platform-delivery-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { toPage } from '../http/list-query.js';
import { ApiProblems } from '../http/problem.resource.js';
import { ReasonBody } from '../runs/operation.bodies.js';
import { DATA_SOURCE } from '../tokens.js';
import { RotateBody } from '../webhooks/webhook.body.js';
import { ChangeHook } from './change-hook.js';
import { FindIntegration } from './find-integration.js';
import { SecretIntegrationResource, toIntegration } from './integration.resource.js';
import {
  FullPlatformDeliveryResource,
  ListedPlatformDeliveryResource,
  PlatformDeliveryListQuery,
  PlatformDeliveryPage,
  toFullPlatformDelivery,
  toListedPlatformDelivery,
} from './platform-delivery.resource.js';
import { ReplayEvent } from './replay-event.js';

@ApiTags('integrations')
@Controller('api/v1/integrations/:id')
export class PlatformDeliveryController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindIntegration) private readonly findIntegration: FindIntegration,
    @Inject(ChangeHook) private readonly changeHook: ChangeHook,
    @Inject(ReplayEvent) private readonly replayEvent: ReplayEvent,
  ) {}

  @Permit('integrations:write')
  @Post('hook')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Give an integration a secret for webhooks',
    description:
      'Answers with the address for the platform, and with the secret where one was made: this once. The one before is valid for a day still, or as long as `overlapS` says.',
  })
  @ApiResponse({ status: 200, type: SecretIntegrationResource })
  @ApiProblems(
    'integration-not-found',
    'request-invalid',
    'webhook-secret-needs-key',
    'body-malformed',
    'body-too-large',
  )
  async rotate(
    @Param('id') id: string,
    @Body() body: RotateBody,
    @RequestCaller() caller: Caller,
  ): Promise<SecretIntegrationResource> {
    await this.findIntegration.require(caller.project, id);
    const { row, secret } = await this.changeHook.rotate(id, body, caller);
    return { ...toIntegration(row), ...(secret === undefined ? {} : { secret }) };
  }

  @Permit('integrations:read')
  @Get('deliveries')
  @ApiOperation({ summary: 'What the platform brought, the newest first' })
  @ApiResponse({ status: 200, type: PlatformDeliveryPage })
  @ApiProblems('integration-not-found', 'request-invalid')
  async list(
    @Param('id') id: string,
    @Query() query: PlatformDeliveryListQuery,
    @RequestCaller() caller: Caller,
  ): Promise<PlatformDeliveryPage> {
    const integration = await this.findIntegration.require(caller.project, id);
    const deliveries = new PlatformDeliveryRepository(this.dataSource.manager);
    return toPage(await deliveries.list(integration.id, query, query), toListedPlatformDelivery);
  }

  @Permit('integrations:read')
  @Get('deliveries/:delivery')
  @ApiOperation({ summary: 'One delivery of a platform, with what was sent' })
  @ApiResponse({ status: 200, type: FullPlatformDeliveryResource })
  @ApiProblems('integration-not-found', 'delivery-not-found')
  async get(
    @Param('id') id: string,
    @Param('delivery') delivery: string,
    @RequestCaller() caller: Caller,
  ): Promise<FullPlatformDeliveryResource> {
    const integration = await this.findIntegration.require(caller.project, id);
    return toFullPlatformDelivery(await this.replayEvent.requireDelivery(integration, delivery));
  }

  @Permit('integrations:use')
  @Post('deliveries/:delivery/replay')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Read a delivery of a platform once more',
    description: 'What is older than what is known changes nothing.',
  })
  @ApiResponse({ status: 202, type: ListedPlatformDeliveryResource })
  @ApiProblems(
    'integration-not-found',
    'delivery-not-found',
    'platform-unknown',
    'platform-event-invalid',
    'request-invalid',
    'body-malformed',
    'body-too-large',
  )
  async replay(
    @Param('id') id: string,
    @Param('delivery') delivery: string,
    @Body() body: ReasonBody,
    @RequestCaller() caller: Caller,
  ): Promise<ListedPlatformDeliveryResource> {
    const integration = await this.findIntegration.require(caller.project, id);
    return toListedPlatformDelivery(
      await this.replayEvent.replay(integration, delivery, { caller, reason: body.reason }),
    );
  }
}
