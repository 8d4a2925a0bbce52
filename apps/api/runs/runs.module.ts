import { Module } from '@nestjs/common';
import { StoreModule } from '../store/store.module.js';
import { WorkflowsModule } from '../workflows/workflows.module.js';
import { AttemptController } from './attempt.controller.js';
import { CancelRun } from './cancel-run.js';
import { CompareRuns } from './compare-runs.js';
import { EventRelay } from './event-relay.js';
import { ExecuteController } from './execute.controller.js';
import { FindRun } from './find-run.js';
import { HistoryController } from './history.controller.js';
import { ListRuns } from './list-runs.js';
import { ObjectController } from './object.controller.js';
import { OperateRun } from './operate-run.js';
import { OperationController } from './operation.controller.js';
import { OutboxRelay } from './outbox-relay.js';
import { PresentRun } from './present-run.js';
import { ReadSteps } from './read-steps.js';
import { RerunRun } from './rerun-run.js';
import { RunController } from './run.controller.js';
import { RunListController } from './run-list.controller.js';
import { RunReconciler } from './run-reconciler.js';
import { StartRun } from './start-run.js';

@Module({
  imports: [StoreModule, WorkflowsModule],
  controllers: [
    ExecuteController,
    RunListController,
    RunController,
    AttemptController,
    OperationController,
    HistoryController,
    ObjectController,
  ],
  providers: [
    CancelRun,
    CompareRuns,
    EventRelay,
    FindRun,
    ListRuns,
    OperateRun,
    OutboxRelay,
    PresentRun,
    ReadSteps,
    RerunRun,
    RunReconciler,
    StartRun,
  ],
  exports: [CancelRun, FindRun, OutboxRelay, PresentRun, ReadSteps, StartRun],
})
export class RunsModule {}
