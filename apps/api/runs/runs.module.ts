import { Module } from '@nestjs/common';
import { WorkflowsModule } from '../workflows/workflows.module.js';
import { CancelRun } from './cancel-run.js';
import { CompareRuns } from './compare-runs.js';
import { EventRelay } from './event-relay.js';
import { ExecuteController } from './execute.controller.js';
import { FindRun } from './find-run.js';
import { FollowRun } from './follow-run.js';
import { HistoryController } from './history.controller.js';
import { ObjectController } from './object.controller.js';
import { OperateRun } from './operate-run.js';
import { OperationController } from './operation.controller.js';
import { OutboxRelay } from './outbox-relay.js';
import { PresentRun } from './present-run.js';
import { ReadSteps } from './read-steps.js';
import { RerunRun } from './rerun-run.js';
import { RunController } from './run.controller.js';
import { RunFeed } from './run-feed.js';
import { RunReconciler } from './run-reconciler.js';
import { StartRun } from './start-run.js';

@Module({
  imports: [WorkflowsModule],
  controllers: [ExecuteController, RunController, OperationController, HistoryController, ObjectController],
  providers: [
    CancelRun,
    CompareRuns,
    EventRelay,
    FindRun,
    FollowRun,
    OperateRun,
    OutboxRelay,
    PresentRun,
    ReadSteps,
    RerunRun,
    RunFeed,
    RunReconciler,
    StartRun,
  ],
  exports: [FindRun, OutboxRelay],
})
export class RunsModule {}
