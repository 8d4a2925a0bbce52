import { Module } from '@nestjs/common';
import { FindVersion } from './find-version.js';
import { FindWorkflow } from './find-workflow.js';
import { SaveWorkflow } from './save-workflow.js';
import { WorkflowController } from './workflow.controller.js';

@Module({
  controllers: [WorkflowController],
  providers: [FindVersion, FindWorkflow, SaveWorkflow],
  exports: [FindVersion, FindWorkflow, SaveWorkflow],
})
export class WorkflowsModule {}
