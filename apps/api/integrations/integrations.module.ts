import { Module } from '@nestjs/common';
import { ChangeIntegration } from './change-integration.js';
import { FindIntegration } from './find-integration.js';
import { IntegrationController } from './integration.controller.js';
import { PlatformController } from './platform.controller.js';

@Module({
  controllers: [IntegrationController, PlatformController],
  providers: [ChangeIntegration, FindIntegration],
})
export class IntegrationsModule {}
