import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { WebhookRepository } from '#persistence/webhooks/webhook-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { toPage } from '../http/list-query.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { ChangeWebhook } from './change-webhook.js';
import { FindWebhook } from './find-webhook.js';
import { RotateBody, WebhookBody, WebhookChangeBody, WebhookListQuery } from './webhook.body.js';
import {
  SecretWebhookResource,
  toSecretWebhook,
  toWebhook,
  WebhookPage,
  WebhookResource,
} from './webhook.resource.js';

@ApiTags('webhooks')
@Controller('api/v1/webhooks')
export class WebhookController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindWebhook) private readonly findWebhook: FindWebhook,
    @Inject(ChangeWebhook) private readonly changeWebhook: ChangeWebhook,
  ) {}

  @Permit('webhooks:write')
  @Post()
  @ApiOperation({
    summary: 'Make a webhook',
    description:
      'Answers with the address for the sender, and with the secret where one was made: this once.',
  })
  @ApiResponse({ status: 201, type: SecretWebhookResource })
  @ApiProblems(
    'request-invalid',
    'workflow-not-found',
    'workflow-version-not-found',
    'webhook-name-taken',
    'webhook-limit-reached',
    'webhook-secret-needs-key',
    'body-malformed',
    'body-too-large',
  )
  async create(@Body() body: WebhookBody, @RequestCaller() caller: Caller): Promise<SecretWebhookResource> {
    return toSecretWebhook(await this.changeWebhook.create(body, caller));
  }

  @Permit('webhooks:read')
  @Get()
  @ApiOperation({ summary: 'List the webhooks' })
  @ApiResponse({ status: 200, type: WebhookPage })
  @ApiProblems('request-invalid')
  async list(@Query() query: WebhookListQuery, @RequestCaller() caller: Caller): Promise<WebhookPage> {
    return toPage(
      await new WebhookRepository(this.dataSource.manager).list(caller.project, query, query),
      toWebhook,
    );
  }

  @Permit('webhooks:read')
  @Get(':id')
  @ApiOperation({ summary: 'One webhook, by id or name' })
  @ApiResponse({ status: 200, type: WebhookResource })
  @ApiProblems('webhook-not-found')
  async get(@Param('id') id: string, @RequestCaller() caller: Caller): Promise<WebhookResource> {
    return toWebhook(await this.findWebhook.require(caller.project, id));
  }

  @Permit('webhooks:write')
  @Patch(':id')
  @ApiOperation({ summary: 'Change a webhook', description: 'What the body does not name stays as it is.' })
  @ApiResponse({ status: 200, type: WebhookResource })
  @ApiProblems(
    'webhook-not-found',
    'workflow-not-found',
    'workflow-version-not-found',
    'request-invalid',
    'webhook-name-taken',
    'body-malformed',
    'body-too-large',
  )
  async change(
    @Param('id') id: string,
    @Body() body: WebhookChangeBody,
    @RequestCaller() caller: Caller,
  ): Promise<WebhookResource> {
    await this.findWebhook.require(caller.project, id);
    return toWebhook(await this.changeWebhook.change(id, body, caller));
  }

  @Permit('webhooks:write')
  @Post(':id/rotate')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Give a webhook another secret',
    description: 'The one before is valid for a day still, or as long as `overlapS` says.',
  })
  @ApiResponse({ status: 200, type: SecretWebhookResource })
  @ApiProblems(
    'webhook-not-found',
    'request-invalid',
    'webhook-secret-needs-key',
    'body-malformed',
    'body-too-large',
  )
  async rotate(
    @Param('id') id: string,
    @Body() body: RotateBody,
    @RequestCaller() caller: Caller,
  ): Promise<SecretWebhookResource> {
    await this.findWebhook.require(caller.project, id);
    return toSecretWebhook(await this.changeWebhook.rotate(id, body, caller));
  }

  @Permit('webhooks:write')
  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Remove a webhook',
    description: 'Its address leads nowhere from then on; runs that it started go on.',
  })
  @ApiResponse({ status: 204, description: 'It is gone.' })
  @ApiProblems('webhook-not-found')
  async remove(@Param('id') id: string, @RequestCaller() caller: Caller): Promise<void> {
    await this.findWebhook.require(caller.project, id);
    await this.changeWebhook.remove(id, caller);
  }
}
