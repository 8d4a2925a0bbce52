import { Module } from '@nestjs/common';
import { RunsModule } from '../runs/runs.module.js';
import { WorkflowsModule } from '../workflows/workflows.module.js';
import { AdviceController } from './advice.controller.js';
import { AdviseWorkflow } from './advise-workflow.js';

@Module({
  imports: [RunsModule, WorkflowsModule],
  controllers: [AdviceController],
  providers: [AdviseWorkflow],
})
export class OptimisationModule {}
