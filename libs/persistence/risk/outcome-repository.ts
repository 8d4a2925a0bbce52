import type { EntityManager } from 'typeorm';
import type { Afterwards } from '#contracts/judgement/gate-result.js';
import { parseMoment } from '#domain/definition/moment.js';
import type { RiskOutcome } from '../entities/risk-outcome.entity.js';
import { jsonOrNull } from '../json-column.js';
import { type ListedPage, type Listing, listPage, type PageRequest } from '../listing/list-page.js';
import { textOrNull } from '../text-column.js';
import { createUuidV7 } from '../uuid-v7.js';

export type OutcomeRow = Omit<RiskOutcome, 'project' | 'id'>;

export const OUTCOME_SORTS = ['notedAt'] as const;

export class OutcomeRepository {
  constructor(private readonly manager: EntityManager) {}

  async find(project: string, commit: string): Promise<OutcomeRow | undefined> {
    const [row] = await this.manager.query(
      `SELECT ${OUTCOMES.columns} FROM ${OUTCOMES.from} WHERE o.project = $1 AND o.commit_id = $2`,
      [project, commit],
    );
    return row;
  }

  /** What was noted of the change before is replaced. */
  async save(
    outcome: Omit<RiskOutcome, 'id' | 'notedAt' | 'reason'> & { readonly reason?: string | undefined },
  ) {
    await this.manager.query(
      `INSERT INTO risk_outcomes (id, project, commit_id, outcome, at, factors, reason, noted_by)
       VALUES ($1, $2, $3, $4, $5, $6::json, $7, $8)
       ON CONFLICT (project, commit_id) DO UPDATE SET outcome = excluded.outcome, at = excluded.at,
         factors = excluded.factors, reason = excluded.reason, noted_by = excluded.noted_by, noted_at = now()`,
      [
        createUuidV7(),
        outcome.project,
        outcome.commit,
        outcome.outcome,
        outcome.at,
        jsonOrNull(outcome.factors),
        textOrNull(outcome.reason),
        outcome.notedBy,
      ],
    );
  }

  list(
    project: string,
    filter: { readonly outcome?: Afterwards | undefined; readonly since?: string | undefined },
    page: Omit<PageRequest<(typeof OUTCOME_SORTS)[number]>, 'where'>,
  ): Promise<ListedPage<OutcomeRow>> {
    const { outcome, since } = filter;
    const where = [
      { sql: 'o.project = ?', value: project },
      ...(outcome === undefined ? [] : [{ sql: 'o.outcome = ?', value: outcome, scans: true }]),
      ...(since === undefined
        ? []
        : [{ sql: 'o.noted_at >= ?', value: new Date(parseMoment(since)!), scans: true }]),
    ];
    return listPage(this.manager, OUTCOMES, { ...page, where });
  }
}

const OUTCOMES: Listing<(typeof OUTCOME_SORTS)[number]> = {
  columns: `o.commit_id AS commit, o.outcome, o.at, o.factors, o.reason, o.noted_by AS "notedBy", o.noted_at AS "notedAt"`,
  from: 'risk_outcomes o',
  // Ids of version 7 sort by time.
  sorts: { notedAt: { sql: 'o.id', type: 'uuid' } },
  key: { sql: 'o.id', type: 'uuid' },
};
