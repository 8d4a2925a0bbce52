import { Module } from '@nestjs/common';
import { WorkflowsModule } from '../workflows/workflows.module.js';
import { CancelRun } from './cancel-run.js';
import { ExecuteController } from './execute.controller.js';
import { FindRun } from './find-run.js';
import { FollowRun } from './follow-run.js';
import { ObjectController } from './object.controller.js';
import { OutboxRelay } from './outbox-relay.js';
import { PresentRun } from './present-run.js';
import { ReadSteps } from './read-steps.js';
import { RunController } from './run.controller.js';
import { RunFeed } from './run-feed.js';
import { RunReconciler } from './run-reconciler.js';
import { StartRun } from './start-run.js';

@Module({
  imports: [WorkflowsModule],
  controllers: [ExecuteController, ObjectController, RunController],
  providers: [
    CancelRun,
    FindRun,
    FollowRun,
    OutboxRelay,
    PresentRun,
    ReadSteps,
    RunFeed,
    RunReconciler,
    StartRun,
  ],
})
export class RunsModule {}
