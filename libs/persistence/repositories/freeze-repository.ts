import type { EntityManager } from 'typeorm';
import { Freeze } from '../entities/freeze.entity.js';
import { createUuidV7 } from '../uuid-v7.js';

type NewFreeze = Omit<Freeze, 'id' | 'createdAt'>;

export class FreezeRepository {
  constructor(private readonly manager: EntityManager) {}

  async add(freeze: NewFreeze): Promise<Freeze> {
    const id = createUuidV7();
    await this.manager.insert(Freeze, { ...freeze, id });
    return this.manager.findOneByOrFail(Freeze, { id });
  }

  /** Newest first; `before` is the id of the last one of the page before. Without `past`: those that have not ended. */
  async list(
    project: string,
    page: { readonly before?: string; readonly past: boolean; readonly limit: number },
  ): Promise<Freeze[]> {
    return this.manager.query(
      `${SELECT_FREEZE} WHERE project = $1 AND ($2::uuid IS NULL OR id < $2) AND ($3 OR ends_at > now())
       ORDER BY id DESC LIMIT $4`,
      [project, page.before ?? null, page.past, page.limit],
    );
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

const SELECT_FREEZE = `
  SELECT id, project, name, starts_at AS "startsAt", ends_at AS "endsAt", reason, workflows, created_by AS "createdBy",
    created_at AS "createdAt"
  FROM freezes`;
