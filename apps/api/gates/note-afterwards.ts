import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { AfterwardsRequest } from '#contracts/rest/gates.js';
import {
  GateResultRepository,
  type GateResultSummaryRow,
} from '#persistence/gates/gate-result-repository.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import type { Caller } from '../http/caller.js';
import { DATA_SOURCE } from '../tokens.js';

/** What became of a change: limits of its gate may be learnt from it. */
@Injectable()
export class NoteAfterwards {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  async note(
    { id, gateId, afterwards: before }: GateResultSummaryRow,
    { afterwards: said, reason }: AfterwardsRequest,
    caller: Caller,
  ): Promise<void> {
    const afterwards = said === 'unknown' ? null : said;
    await this.dataSource.transaction(async (manager) => {
      await new GateResultRepository(manager).noteAfterwards(id, afterwards, caller.actor);
      await new AuditRepository(manager).add({
        ...caller,
        action: 'gate.afterwards',
        objectType: 'gate',
        objectId: gateId,
        before: { result: id, afterwards: before },
        after: { result: id, afterwards },
        reason,
      });
    });
  }
}
