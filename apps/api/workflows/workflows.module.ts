import { Module } from '@nestjs/common';
import { AliasController } from './alias.controller.js';
import { CompareVersions } from './compare-versions.js';
import { DeleteWorkflow } from './delete-workflow.js';
import { DiffController } from './diff.controller.js';
import { ExportController } from './export.controller.js';
import { FindVersion } from './find-version.js';
import { FindWorkflow } from './find-workflow.js';
import { ForecastWorkflow } from './forecast-workflow.js';
import { MoveAlias } from './move-alias.js';
import { PlanController } from './plan.controller.js';
import { PublishVersion } from './publish-version.js';
import { SaveWorkflow } from './save-workflow.js';
import { UnderstandDefinition } from './understand-definition.js';
import { VersionController } from './version.controller.js';
import { WorkflowController } from './workflow.controller.js';

@Module({
  controllers: [
    WorkflowController,
    PlanController,
    VersionController,
    AliasController,
    DiffController,
    ExportController,
  ],
  providers: [
    CompareVersions,
    DeleteWorkflow,
    FindVersion,
    FindWorkflow,
    ForecastWorkflow,
    MoveAlias,
    PublishVersion,
    SaveWorkflow,
    UnderstandDefinition,
  ],
  exports: [FindVersion, FindWorkflow, SaveWorkflow],
})
export class WorkflowsModule {}
