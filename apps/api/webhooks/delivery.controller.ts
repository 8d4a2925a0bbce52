import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { DeliveryRepository } from '#persistence/webhooks/delivery-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { toPage } from '../http/list-query.js';
import { ApiProblems } from '../http/problem.resource.js';
import { ReasonBody } from '../runs/operation.bodies.js';
import { DATA_SOURCE } from '../tokens.js';
import {
  DeliveryPage,
  FullDeliveryResource,
  ListedDeliveryResource,
  toFullDelivery,
  toListedDelivery,
} from './delivery.resource.js';
import { FindWebhook } from './find-webhook.js';
import { ReplayDelivery } from './replay-delivery.js';
import { DeliveryListQuery } from './webhook.body.js';

@ApiTags('webhooks')
@Controller('api/v1/webhooks/:id/deliveries')
export class DeliveryController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindWebhook) private readonly findWebhook: FindWebhook,
    @Inject(ReplayDelivery) private readonly replayDelivery: ReplayDelivery,
  ) {}

  @Permit('webhooks:read')
  @Get()
  @ApiOperation({ summary: 'What senders brought, the newest first' })
  @ApiResponse({ status: 200, type: DeliveryPage })
  @ApiProblems('webhook-not-found', 'request-invalid')
  async list(
    @Param('id') id: string,
    @Query() query: DeliveryListQuery,
    @RequestCaller() caller: Caller,
  ): Promise<DeliveryPage> {
    const webhook = await this.findWebhook.require(caller.project, id);
    const deliveries = new DeliveryRepository(this.dataSource.manager);
    return toPage(await deliveries.list(webhook.id, query, query), toListedDelivery);
  }

  @Permit('webhooks:read')
  @Get(':delivery')
  @ApiOperation({ summary: 'One delivery, with what was sent' })
  @ApiResponse({ status: 200, type: FullDeliveryResource })
  @ApiProblems('webhook-not-found', 'delivery-not-found')
  async get(
    @Param('id') id: string,
    @Param('delivery') delivery: string,
    @RequestCaller() caller: Caller,
  ): Promise<FullDeliveryResource> {
    const webhook = await this.findWebhook.require(caller.project, id);
    return toFullDelivery(await this.replayDelivery.requireDelivery(webhook, delivery));
  }

  @Permit('runs:start')
  @Post(':delivery/replay')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Do once more what a delivery does',
    description: 'By the rules that the webhook has now: what it starts is a new run.',
  })
  @ApiResponse({ status: 202, type: ListedDeliveryResource })
  @ApiProblems(
    'webhook-not-found',
    'delivery-not-found',
    'request-invalid',
    'body-malformed',
    'body-too-large',
  )
  async replay(
    @Param('id') id: string,
    @Param('delivery') delivery: string,
    @Body() body: ReasonBody,
    @RequestCaller() caller: Caller,
  ): Promise<ListedDeliveryResource> {
    const webhook = await this.findWebhook.require(caller.project, id);
    return toListedDelivery(
      await this.replayDelivery.replay(webhook, delivery, { caller, reason: body.reason }),
    );
  }
}
