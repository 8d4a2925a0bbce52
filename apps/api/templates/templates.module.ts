import { Module } from '@nestjs/common';
import { WorkflowsModule } from '../workflows/workflows.module.js';
import { ChangeTemplate } from './change-template.js';
import { FindTemplate } from './find-template.js';
import { TemplateController } from './template.controller.js';
import { UseTemplate } from './use-template.js';

@Module({
  imports: [WorkflowsModule],
  controllers: [TemplateController],
  providers: [ChangeTemplate, FindTemplate, UseTemplate],
})
export class TemplatesModule {}
