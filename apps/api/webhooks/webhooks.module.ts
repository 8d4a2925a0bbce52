import { Module } from '@nestjs/common';
import { RunsModule } from '../runs/runs.module.js';
import { WorkflowsModule } from '../workflows/workflows.module.js';
import { ActOnEvent } from './act-on-event.js';
import { ChangeWebhook } from './change-webhook.js';
import { DeliveryController } from './delivery.controller.js';
import { FindWebhook } from './find-webhook.js';
import { HookController } from './hook.controller.js';
import { ReceiveDelivery } from './receive-delivery.js';
import { ReplayDelivery } from './replay-delivery.js';
import { WebhookController } from './webhook.controller.js';
import { WebhookRelay } from './webhook-relay.js';
import { WebhookSecrets } from './webhook-secrets.js';

@Module({
  imports: [RunsModule, WorkflowsModule],
  controllers: [WebhookController, DeliveryController, HookController],
  providers: [
    ActOnEvent,
    ChangeWebhook,
    FindWebhook,
    ReceiveDelivery,
    ReplayDelivery,
    WebhookRelay,
    WebhookSecrets,
  ],
  exports: [WebhookSecrets],
})
export class WebhooksModule {}
