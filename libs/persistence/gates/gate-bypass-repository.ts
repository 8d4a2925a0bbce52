import type { EntityManager } from 'typeorm';
import type { GateBypass } from '../entities/gate-bypass.entity.js';
import { type ListedPage, type Listing, listPage, type PageRequest } from '../listing/list-page.js';
import { createUuidV7 } from '../uuid-v7.js';

export type GateBypassRow = Omit<GateBypass, 'gate' | 'project'>;

export const GATE_BYPASS_SORTS = ['createdAt'] as const;

export class GateBypassRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Call with the gate locked, where there is none that lasts. */
  async add(
    bypass: Pick<GateBypass, 'project' | 'gateId' | 'reason' | 'createdBy' | 'expiresAt'>,
  ): Promise<GateBypassRow> {
    const { project, gateId, reason, createdBy, expiresAt } = bypass;
    const id = createUuidV7();
    await this.manager.query(
      `INSERT INTO gate_bypasses (id, project, gate_id, reason, created_by, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, project, gateId, reason, createdBy, expiresAt],
    );
    return (await this.find(gateId, id))!;
  }

  async find(gateId: string, id: string, lock = false): Promise<GateBypassRow | undefined> {
    const [row] = await this.manager.query(
      `${SELECT} WHERE b.gate_id = $1 AND b.id = $2 ${lock ? 'FOR UPDATE' : ''}`,
      [gateId, id],
    );
    return row;
  }

  /** The one that lasts, by gate. */
  async findActive(gateIds: readonly string[]): Promise<ReadonlyMap<string, GateBypassRow>> {
    const rows: GateBypassRow[] = await this.manager.query(
      `${SELECT} WHERE b.gate_id = ANY ($1::uuid[]) AND ${ACTIVE} ORDER BY b.id`,
      [gateIds],
    );
    return new Map(rows.map((row) => [row.gateId, row]));
  }

  list(
    gateId: string,
    { active }: { readonly active?: boolean | undefined },
    page: Omit<PageRequest<(typeof GATE_BYPASS_SORTS)[number]>, 'where'>,
  ): Promise<ListedPage<GateBypassRow>> {
    const where = [
      { sql: 'b.gate_id = ?', value: gateId },
      ...(active === undefined ? [] : [{ sql: active ? ACTIVE : `NOT (${ACTIVE})`, scans: true }]),
    ];
    return listPage(this.manager, BYPASSES, { ...page, where });
  }

  async revoke(id: string, by: string): Promise<void> {
    await this.manager.query(
      'UPDATE gate_bypasses SET revoked_at = now(), revoked_by = $2 WHERE id = $1 AND revoked_at IS NULL',
      [id, by],
    );
  }
}

const ACTIVE = 'b.revoked_at IS NULL AND b.expires_at > now()';

const BYPASSES: Listing<(typeof GATE_BYPASS_SORTS)[number]> = {
  columns: `b.id, b.gate_id AS "gateId", b.reason, b.created_by AS "createdBy", b.created_at AS "createdAt",
    b.expires_at AS "expiresAt", b.revoked_at AS "revokedAt", b.revoked_by AS "revokedBy"`,
  from: 'gate_bypasses b',
  // Ids of version 7 sort by time.
  sorts: { createdAt: { sql: 'b.id', type: 'uuid' } },
  key: { sql: 'b.id', type: 'uuid' },
};

const SELECT = `SELECT ${BYPASSES.columns} FROM ${BYPASSES.from}`;
