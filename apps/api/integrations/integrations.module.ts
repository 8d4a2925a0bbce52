import { Module } from '@nestjs/common';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { ChangeHook } from './change-hook.js';
import { ChangeIntegration } from './change-integration.js';
import { CheckIntegration } from './check-integration.js';
import { DiscoverController } from './discover.controller.js';
import { FindIntegration } from './find-integration.js';
import { HealthKeeper } from './health-keeper.js';
import { IntegrationController } from './integration.controller.js';
import { NoteEvent } from './note-event.js';
import { PlatformController } from './platform.controller.js';
import { PlatformDeliveryController } from './platform-delivery.controller.js';
import { PlatformHookController } from './platform-hook.controller.js';
import { ReceiveEvent } from './receive-event.js';
import { ReplayEvent } from './replay-event.js';
import { SyncIntegration } from './sync-integration.js';
import { SyncKeeper } from './sync-keeper.js';
import { UsePlatform } from './use-platform.js';

@Module({
  imports: [WebhooksModule],
  controllers: [
    IntegrationController,
    DiscoverController,
    PlatformDeliveryController,
    PlatformHookController,
    PlatformController,
  ],
  providers: [
    ChangeHook,
    ChangeIntegration,
    CheckIntegration,
    FindIntegration,
    HealthKeeper,
    NoteEvent,
    ReceiveEvent,
    ReplayEvent,
    SyncIntegration,
    SyncKeeper,
    UsePlatform,
  ],
  exports: [FindIntegration, UsePlatform],
})
export class IntegrationsModule {}
