import type { EntityManager } from 'typeorm';
import { Freeze } from '../entities/freeze.entity.js';
import { type ListedPage, type Listing, listPage, type PageRequest } from '../listing/list-page.js';
import { createUuidV7 } from '../uuid-v7.js';

type NewFreeze = Omit<Freeze, 'id' | 'createdAt'>;

export const FREEZE_SORTS = ['createdAt', 'startsAt', 'endsAt'] as const;

export type FreezeSort = (typeof FREEZE_SORTS)[number];

interface FreezeFilter {
  readonly project: string;
  /** Also those that have ended. */
  readonly past: boolean;
  /** Whether they hold runs now. */
  readonly active?: boolean | undefined;
  /** Name of a workflow that they hold. */
  readonly workflow?: string | undefined;
}

export class FreezeRepository {
  constructor(private readonly manager: EntityManager) {}

  async add(freeze: NewFreeze): Promise<Freeze> {
    const id = createUuidV7();
    await this.manager.insert(Freeze, { ...freeze, id });
    return this.manager.findOneByOrFail(Freeze, { id });
  }

  list(
    { project, past, active, workflow }: FreezeFilter,
    page: Omit<PageRequest<FreezeSort>, 'where'>,
  ): Promise<ListedPage<Freeze>> {
    const holds = 'f.starts_at <= now() AND f.ends_at > now()';
    const where = [
      { sql: 'f.project = ?', value: project },
      // Of those that have not ended there are a thousand at most.
      ...(past ? [] : [{ sql: 'f.ends_at > now()' }]),
      ...(active === undefined ? [] : [{ sql: active ? holds : `NOT (${holds})`, scans: true }]),
      ...(workflow === undefined
        ? []
        : [{ sql: '(f.workflows IS NULL OR ? = ANY (f.workflows))', value: workflow, scans: true }]),
    ];
    return listPage(this.manager, FREEZES, { ...page, where });
  }

  async find(project: string, id: string): Promise<Freeze | undefined> {
    const [row] = await this.manager.query(`${SELECT_FREEZE} WHERE project = $1 AND id = $2`, [project, id]);
    return row;
  }

  async countOpen(project: string): Promise<number> {
    const [row] = await this.manager.query(
      'SELECT count(*)::integer AS count FROM freezes WHERE project = $1 AND ends_at > now()',
      [project],
    );
    return row.count;
  }

  /** That which holds runs of the workflow now, and of several the one that ends last. */
  async findActive(project: string, workflow: string): Promise<Freeze | undefined> {
    const [row] = await this.manager.query(
      `${SELECT_FREEZE} WHERE project = $1 AND starts_at <= now() AND ends_at > now()
         AND (workflows IS NULL OR $2 = ANY (workflows)) ORDER BY ends_at DESC LIMIT 1`,
      [project, workflow],
    );
    return row;
  }

  /** False when it is gone. */
  async remove(project: string, id: string): Promise<boolean> {
    const [rows] = await this.manager.query(
      'DELETE FROM freezes WHERE project = $1 AND id = $2 RETURNING id',
      [project, id],
    );
    return rows.length === 1;
  }
}

const FREEZES: Listing<FreezeSort> = {
  columns: `f.id, f.project, f.name, f.starts_at AS "startsAt", f.ends_at AS "endsAt", f.reason, f.workflows,
    f.created_by AS "createdBy", f.created_at AS "createdAt"`,
  from: 'freezes f',
  sorts: {
    // Ids of version 7 sort by time.
    createdAt: { sql: 'f.id', type: 'uuid' },
    startsAt: { sql: 'f.starts_at', type: 'timestamptz' },
    endsAt: { sql: 'f.ends_at', type: 'timestamptz' },
  },
  key: { sql: 'f.id', type: 'uuid' },
};

const SELECT_FREEZE = `SELECT ${FREEZES.columns} FROM ${FREEZES.from}`;
