import { Module } from '@nestjs/common';
import { PersonalDataController } from './personal-data.controller.js';
import { RetainData } from './retain-data.js';
import { RetentionController } from './retention.controller.js';

@Module({ controllers: [RetentionController, PersonalDataController], providers: [RetainData] })
export class RetentionModule {}
