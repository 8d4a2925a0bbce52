import { Module } from '@nestjs/common';
import { AliasController } from './alias.controller.js';
import { CompareVersions } from './compare-versions.js';
import { DiffController } from './diff.controller.js';
import { ExportController } from './export.controller.js';
import { FindVersion } from './find-version.js';
import { FindWorkflow } from './find-workflow.js';
import { MoveAlias } from './move-alias.js';
import { PublishVersion } from './publish-version.js';
import { SaveWorkflow } from './save-workflow.js';
import { VersionController } from './version.controller.js';
import { WorkflowController } from './workflow.controller.js';

@Module({
  controllers: [WorkflowController, VersionController, AliasController, DiffController, ExportController],
  providers: [CompareVersions, FindVersion, FindWorkflow, MoveAlias, PublishVersion, SaveWorkflow],
  exports: [FindVersion, FindWorkflow, SaveWorkflow],
})
export class WorkflowsModule {}
