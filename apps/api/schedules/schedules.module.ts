import { Module } from '@nestjs/common';
import { RunsModule } from '../runs/runs.module.js';
import { WorkflowsModule } from '../workflows/workflows.module.js';
import { ChangeSchedule } from './change-schedule.js';
import { FindSchedule } from './find-schedule.js';
import { OperateSchedule } from './operate-schedule.js';
import { ScheduleController } from './schedule.controller.js';
import { ScheduleKeeper } from './schedule-keeper.js';
import { ScheduleOperationController } from './schedule-operation.controller.js';
import { TickKeeper } from './tick-keeper.js';

@Module({
  imports: [RunsModule, WorkflowsModule],
  controllers: [ScheduleController, ScheduleOperationController],
  providers: [ChangeSchedule, FindSchedule, OperateSchedule, ScheduleKeeper, TickKeeper],
})
export class SchedulesModule {}
