import { Module } from '@nestjs/common';
import { StoreModule } from '../store/store.module.js';
import { WorkflowsModule } from '../workflows/workflows.module.js';
import { FailureController } from './failure.controller.js';

@Module({ imports: [StoreModule, WorkflowsModule], controllers: [FailureController] })
export class FailuresModule {}
