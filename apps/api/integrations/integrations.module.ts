import { Module } from '@nestjs/common';
import { ChangeIntegration } from './change-integration.js';
import { CheckIntegration } from './check-integration.js';
import { DiscoverController } from './discover.controller.js';
import { FindIntegration } from './find-integration.js';
import { HealthKeeper } from './health-keeper.js';
import { IntegrationController } from './integration.controller.js';
import { PlatformController } from './platform.controller.js';
import { UsePlatform } from './use-platform.js';

@Module({
  controllers: [IntegrationController, DiscoverController, PlatformController],
  providers: [ChangeIntegration, CheckIntegration, FindIntegration, HealthKeeper, UsePlatform],
})
export class IntegrationsModule {}
