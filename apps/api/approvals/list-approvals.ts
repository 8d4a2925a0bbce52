import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { refuseApprover } from '#domain/execution/approvers.js';
import { parseStepKey } from '#domain/execution/instance.js';
import { findNode } from '#domain/plan/plan-index.js';
import {
  type ApprovalPlace,
  ApprovalRepository,
  type ApprovalRow,
} from '#persistence/repositories/approval-repository.js';
import type { Caller } from '../http/caller.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindVersion } from '../workflows/find-version.js';
import type { ApprovalResource } from './approval.resource.js';

interface ApprovalFilter {
  readonly project: string;
  /** Only those that this person may decide. */
  readonly for: Pick<Caller, 'actor' | 'roles'> | undefined;
  readonly after: ApprovalPlace | undefined;
  readonly limit: number;
}

/** Read at once, where those of one person are looked for among all. */
const BATCH = 500;

@Injectable()
export class ListApprovals {
  private readonly approvals: ApprovalRepository;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(FindVersion) private readonly findVersion: FindVersion,
  ) {
    this.approvals = new ApprovalRepository(dataSource.manager);
  }

  /** Oldest first; `next` where there are more. */
  async list(
    filter: ApprovalFilter,
  ): Promise<{ readonly items: ApprovalResource[]; readonly next: ApprovalPlace | undefined }> {
    const found = await this.find(filter);
    const rows = found.slice(0, filter.limit);
    const items = await Promise.all(rows.map((row) => this.present(row)));
    return { items, next: found.length > filter.limit ? rows.at(-1) : undefined };
  }

  /** One more than the page holds, where there is one. */
  private async find({ project, for: asker, after, limit }: ApprovalFilter): Promise<readonly ApprovalRow[]> {
    if (asker === undefined) return this.approvals.list(project, limit + 1, after);
    const person = { by: asker.actor, roles: asker.roles };
    const found: ApprovalRow[] = [];
    for (let place = after; found.length <= limit; ) {
      const rows = await this.approvals.list(project, BATCH, place);
      found.push(...rows.filter((row) => refuseApprover(row.approval, row.startedBy, person) === undefined));
      if (rows.length < BATCH) break;
      place = rows.at(-1)!;
    }
    return found.slice(0, limit + 1);
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
