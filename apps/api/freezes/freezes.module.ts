import { Module } from '@nestjs/common';
import { WorkflowsModule } from '../workflows/workflows.module.js';
import { ChangeFreeze } from './change-freeze.js';
import { FreezeController } from './freeze.controller.js';

@Module({ imports: [WorkflowsModule], controllers: [FreezeController], providers: [ChangeFreeze] })
export class FreezesModule {}
