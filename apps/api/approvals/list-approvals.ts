import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { refuseApprover } from '#domain/execution/approvers.js';
import { parseStepKey } from '#domain/execution/instance.js';
import { findNode } from '#domain/plan/plan-index.js';
import type { PageRequest } from '#persistence/listing/list-page.js';
import {
  ApprovalRepository,
  type ApprovalRow,
  type ApprovalSort,
} from '#persistence/repositories/approval-repository.js';
import type { Caller } from '../http/caller.js';
import { toPage } from '../http/list-query.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindVersion } from '../workflows/find-version.js';
import type { ApprovalPage, ApprovalResource } from './approval.resource.js';

@Injectable()
export class ListApprovals {
  private readonly approvals: ApprovalRepository;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(FindVersion) private readonly findVersion: FindVersion,
  ) {
    this.approvals = new ApprovalRepository(dataSource.manager);
  }

  /** All, or those that this person may decide. */
  async list(
    filter: Parameters<ApprovalRepository['list']>[0],
    request: Omit<PageRequest<ApprovalSort>, 'where'>,
    decider?: Pick<Caller, 'actor' | 'roles'>,
  ): Promise<ApprovalPage> {
    const person = decider === undefined ? undefined : { by: decider.actor, roles: decider.roles };
    const keep = ({ approval, startedBy }: ApprovalRow) =>
      person === undefined || refuseApprover(approval, startedBy, person) === undefined;
    const page = await this.approvals.list(filter, request, person === undefined ? undefined : keep);
    const items = await Promise.all(page.rows.map((row) => this.present(row)));
    return { ...toPage(page, () => undefined), items };
  }

  private async present(row: ApprovalRow): Promise<ApprovalResource> {
    const { run, workflow, step, approval } = row;
    const { plan } = await this.findVersion.require(row);
    const name = findNode(plan, parseStepKey(step).id)?.name;
    return {
      run,
      workflow,
      step,
      ...(name === undefined ? {} : { name }),
      requestedAt: row.requestedAt.toISOString(),
      approval,
    };
  }
}
