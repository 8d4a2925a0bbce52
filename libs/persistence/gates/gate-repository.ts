import type { EntityManager } from 'typeorm';
import type { GateType } from '#contracts/judgement/gate.js';
import type { StoredGate } from '../entities/gate.entity.js';
import type { GateVersion } from '../entities/gate-version.entity.js';
import { type ListedPage, type Listing, listPage, type PageRequest } from '../listing/list-page.js';
import { NamedRows, type NamedSort, type NamedTable } from '../listing/named-rows.js';
import { createUuidV7 } from '../uuid-v7.js';

/** A gate with what stands in its newest version. */
export type GateRow = Omit<StoredGate, 'deletedAt'> &
  Pick<GateVersion, 'digest' | 'type' | 'rules' | 'criteria'>;

export type GateVersionRow = Omit<GateVersion, 'gate'>;

/** What a text means, and the text. */
export type GateDraft = Pick<GateVersion, 'digest' | 'source' | 'format' | 'type' | 'rules' | 'criteria'> & {
  readonly createdBy: string;
};

export const GATE_VERSION_SORTS = ['version'] as const;

export class GateRepository extends NamedRows<GateRow> {
  constructor(manager: EntityManager) {
    super(manager, GATES);
  }

  /** With its first version; undefined where the project has a gate of this name, were it made at the same time. */
  async add(project: string, name: string, draft: GateDraft): Promise<GateRow | undefined> {
    const [row] = await this.manager.query(
      `INSERT INTO gates (id, project, name, latest_version, created_by) VALUES ($1, $2, $3, 1, $4)
       ON CONFLICT (project, name) WHERE deleted_at IS NULL DO NOTHING RETURNING id`,
      [createUuidV7(), project, name, draft.createdBy],
    );
    if (row === undefined) return undefined;
    await this.insertVersion({ project, id: row.id, version: 1 }, draft);
    return this.find(project, row.id);
  }

  /** By id or name, as it is once nobody else changes it any more. */
  async findLocked(project: string, idOrName: string): Promise<GateRow | undefined> {
    const found = await this.find(project, idOrName);
    if (found === undefined) return undefined;
    // The newest version is joined: what waited for the lock would not find the one that was added meanwhile.
    await this.manager.query('SELECT FROM gates WHERE id = $1 FOR UPDATE', [found.id]);
    return this.find(project, found.id);
  }

  /** Call in a transaction with the row locked. */
  async addVersion({ id, project, latestVersion }: GateRow, draft: GateDraft): Promise<GateRow> {
    const version = latestVersion + 1;
    await this.insertVersion({ project, id, version }, draft);
    await this.manager.query('UPDATE gates SET latest_version = $2, updated_at = now() WHERE id = $1', [
      id,
      version,
    ]);
    return (await this.find(project, id))!;
  }

  list(
    project: string,
    { type, text }: { readonly type?: GateType | undefined; readonly text?: string | undefined },
    page: Omit<PageRequest<NamedSort>, 'where'>,
  ): Promise<ListedPage<GateRow>> {
    const where = [
      ...(type === undefined ? [] : [{ sql: 'v.type = ?', value: type, scans: true }]),
      ...(text === undefined
        ? []
        : [{ sql: 'strpos(lower(g.name), lower(?)) > 0', value: text, scans: true }]),
    ];
    return this.listLiving(project, where, page);
  }

  listVersions(
    gateId: string,
    page: Omit<PageRequest<(typeof GATE_VERSION_SORTS)[number]>, 'where'>,
  ): Promise<ListedPage<GateVersionRow>> {
    return listPage(this.manager, VERSIONS, { ...page, where: [{ sql: 'v.gate_id = ?', value: gateId }] });
  }

  async findVersion(gateId: string, version: number): Promise<GateVersionRow | undefined> {
    const [row] = await this.manager.query(
      `SELECT ${VERSIONS.columns} FROM ${VERSIONS.from} WHERE v.gate_id = $1 AND v.version = $2`,
      [gateId, version],
    );
    return row;
  }

  /** Its name is free again; its versions and results stay. */
  async remove(id: string): Promise<void> {
    await this.manager.query('UPDATE gates SET deleted_at = now() WHERE id = $1', [id]);
  }

  private async insertVersion(
    { project, id, version }: { readonly project: string; readonly id: string; readonly version: number },
    draft: GateDraft,
  ): Promise<void> {
    await this.manager.query(
      `INSERT INTO gate_versions (gate_id, version, project, digest, source, format, type, rules, criteria, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        id,
        version,
        project,
        draft.digest,
        draft.source,
        draft.format,
        draft.type,
        draft.rules,
        draft.criteria,
        draft.createdBy,
      ],
    );
  }
}

const GATES: NamedTable = {
  name: 'gates',
  alias: 'g',
  columns: `g.id, g.project, g.name, g.latest_version AS "latestVersion", v.digest, v.type, v.rules, v.criteria,
    g.created_by AS "createdBy", g.created_at AS "createdAt", g.updated_at AS "updatedAt"`,
  joins: 'JOIN gate_versions v ON v.gate_id = g.id AND v.version = g.latest_version',
};

const VERSIONS: Listing<(typeof GATE_VERSION_SORTS)[number]> = {
  columns: `v.gate_id AS "gateId", v.version, v.project, v.digest, v.source, v.format, v.type, v.rules, v.criteria,
    v.created_at AS "createdAt", v.created_by AS "createdBy"`,
  from: 'gate_versions v',
  sorts: { version: { sql: 'v.version', type: 'integer' } },
  key: { sql: 'v.version', type: 'integer' },
};
