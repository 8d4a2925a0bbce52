import type { EntityManager } from 'typeorm';
import type { RetentionKindName, RetentionResult, RetentionTrigger } from '#contracts/retention.js';
import type { RetentionPass } from '../entities/retention-pass.entity.js';
import { type ListedPage, type Listing, listPage, type PageRequest } from '../listing/list-page.js';
import { createUuidV7 } from '../uuid-v7.js';

/** How long one kind is kept. */
export interface Period {
  readonly kind: RetentionKindName;
  readonly days: number;
  readonly archive: boolean;
}

export type PeriodRow = Period & { readonly updatedBy: string; readonly updatedAt: Date };

export const PASS_SORTS = ['startedAt'] as const;

export type PassSort = (typeof PASS_SORTS)[number];

/** Periods, and the passes that carried them out. */
export class RetentionRepository {
  constructor(private readonly manager: EntityManager) {}

  async listPeriods(project: string): Promise<PeriodRow[]> {
    return this.manager.query(
      `SELECT kind, days, archive, updated_by AS "updatedBy", updated_at AS "updatedAt"
       FROM retention_policies WHERE project = $1 ORDER BY kind`,
      [project],
    );
  }

  /** All of them: what is not named is kept for ever from now on. Until the transaction ends nobody else sets them. */
  async replacePeriods(project: string, periods: readonly Period[], by: string): Promise<PeriodRow[]> {
    await this.manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `retention ${project}`,
    ]);
    const before = await this.listPeriods(project);
    await this.manager.query('DELETE FROM retention_policies WHERE project = $1', [project]);
    await this.manager.query(
      `INSERT INTO retention_policies (project, kind, days, archive, updated_by)
       SELECT $1, kind, days, archive, $5 FROM unnest($2::text[], $3::integer[], $4::boolean[])
         AS period (kind, days, archive)`,
      [
        project,
        periods.map(({ kind }) => kind),
        periods.map(({ days }) => days),
        periods.map(({ archive }) => archive),
        by,
      ],
    );
    return before;
  }

  /** Of projects whose last pass of the night began before the moment. */
  async listDue(moment: Date): Promise<string[]> {
    const rows: { project: string }[] = await this.manager.query(
      `SELECT DISTINCT p.project FROM retention_policies p WHERE NOT EXISTS (
         SELECT FROM retention_passes r
         WHERE r.project = p.project AND r.trigger = 'nightly' AND r.started_at >= $1) ORDER BY p.project`,
      [moment],
    );
    return rows.map(({ project }) => project);
  }

  /** Only under the lock of passes: one that still runs by its row was cut short. */
  async begin(pass: {
    readonly project: string;
    readonly trigger: RetentionTrigger;
    readonly by: string;
  }): Promise<string> {
    await this.manager.query(
      `UPDATE retention_passes SET status = 'interrupted', ended_at = now() WHERE status = 'running'`,
    );
    const id = createUuidV7();
    await this.manager.query(
      `INSERT INTO retention_passes (id, project, trigger, status, started_by, results)
       VALUES ($1, $2, $3, 'running', $4, '[]')`,
      [id, pass.project, pass.trigger, pass.by],
    );
    return id;
  }

  async end(
    id: string,
    end: {
      readonly status: 'succeeded' | 'failed' | 'interrupted';
      readonly results: readonly RetentionResult[];
      readonly error?: string;
    },
  ): Promise<void> {
    await this.manager.query(
      `UPDATE retention_passes SET status = $2, results = $3::json, error = $4, ended_at = now() WHERE id = $1`,
      [id, end.status, JSON.stringify(end.results), end.error?.slice(0, 1_000) ?? null],
    );
  }

  listPasses(
    project: string,
    page: Omit<PageRequest<PassSort>, 'where'>,
  ): Promise<ListedPage<RetentionPass>> {
    return listPage(this.manager, PASSES, { ...page, where: [{ sql: 'p.project = ?', value: project }] });
  }

  async findPass(project: string, id: string): Promise<RetentionPass | undefined> {
    const [row] = await this.manager.query(
      `SELECT ${PASSES.columns} FROM retention_passes p WHERE p.project = $1 AND p.id = $2`,
      [project, id],
    );
    return row;
  }
}

/** Ids sort by time. */
const PASSES: Listing<PassSort> = {
  columns: `p.id, p.project, p.trigger, p.status, p.started_by AS "startedBy", p.started_at AS "startedAt",
    p.ended_at AS "endedAt", p.results, p.error`,
  from: 'retention_passes p',
  sorts: { startedAt: { sql: 'p.id', type: 'uuid' } },
  key: { sql: 'p.id', type: 'uuid' },
};
