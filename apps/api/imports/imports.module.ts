import { Module } from '@nestjs/common';
import { WorkflowsModule } from '../workflows/workflows.module.js';
import { ImportController } from './import.controller.js';
import { ImportDefinitions } from './import-definitions.js';

@Module({ imports: [WorkflowsModule], controllers: [ImportController], providers: [ImportDefinitions] })
export class ImportsModule {}
