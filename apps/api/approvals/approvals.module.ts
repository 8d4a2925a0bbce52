import { Module } from '@nestjs/common';
import { WorkflowsModule } from '../workflows/workflows.module.js';
import { ApprovalController } from './approval.controller.js';
import { ListApprovals } from './list-approvals.js';

@Module({ imports: [WorkflowsModule], controllers: [ApprovalController], providers: [ListApprovals] })
export class ApprovalsModule {}
