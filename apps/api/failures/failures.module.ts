import { Module } from '@nestjs/common';
import { WorkflowsModule } from '../workflows/workflows.module.js';
import { FailureController } from './failure.controller.js';

@Module({ imports: [WorkflowsModule], controllers: [FailureController] })
export class FailuresModule {}
