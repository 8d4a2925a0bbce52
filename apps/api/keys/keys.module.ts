import { Module } from '@nestjs/common';
import { ApiKeyController } from './api-key.controller.js';
import { ChangeApiKey } from './change-api-key.js';
import { TokenController } from './token.controller.js';

@Module({ controllers: [ApiKeyController, TokenController], providers: [ChangeApiKey] })
export class KeysModule {}
