import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { RiskMark } from '#contracts/rest/risk.js';
import { refuseApprover } from '#domain/execution/approvers.js';
import { parseStepKey } from '#domain/execution/instance.js';
import { findNode } from '#domain/plan/plan-index.js';
import type { PageRequest } from '#persistence/listing/list-page.js';
import {
  ApprovalRepository,
  type ApprovalRow,
  type ApprovalSort,
} from '#persistence/repositories/approval-repository.js';
import { AssessmentRepository } from '#persistence/risk/assessment-repository.js';
import type { Caller } from '../http/caller.js';
import { toPage } from '../http/list-query.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindVersion } from '../workflows/find-version.js';
import type { ApprovalPage, ApprovalResource } from './approval.resource.js';

@Injectable()
export class ListApprovals {
  private readonly approvals: ApprovalRepository;
  private readonly assessments: AssessmentRepository;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(FindVersion) private readonly findVersion: FindVersion,
  ) {
    this.approvals = new ApprovalRepository(dataSource.manager);
    this.assessments = new AssessmentRepository(dataSource.manager);
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
    // Of several steps that assessed one, the one that did last.
    const risks = new Map(
      (await this.assessments.listMarks([...new Set(page.rows.map(({ run }) => run))]))
        .toSorted((one, other) => (one.assessment < other.assessment ? -1 : 1))
        .map(({ run, step: _, ...risk }) => [run, risk]),
    );
    const items = await Promise.all(page.rows.map((row) => this.present(row, risks.get(row.run))));
    return { ...toPage(page, () => undefined), items };
  }

  private async present(row: ApprovalRow, risk: RiskMark | undefined): Promise<ApprovalResource> {
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
      ...(risk === undefined ? {} : { risk }),
    };
  }
}
