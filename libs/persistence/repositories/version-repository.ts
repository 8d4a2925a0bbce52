import type { EntityManager } from 'typeorm';
import { WorkflowPublication } from '../entities/workflow-publication.entity.js';
import { type ListedPage, type Listing, listPage, type PageRequest } from '../listing/list-page.js';
import { createUuidV7 } from '../uuid-v7.js';

/** A version without its plan; `published` where it was. */
export interface VersionRow {
  readonly workflowId: string;
  readonly version: number;
  readonly digest: string;
  readonly source: string;
  readonly format: 'yaml' | 'json';
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly semver: string | null;
  readonly publishedAt: Date | null;
  readonly publishedBy: string | null;
  readonly reason: string | null;
  /** By name. */
  readonly aliases: readonly string[];
}

export interface AliasRow {
  readonly name: string;
  readonly version: number;
  readonly semver: string;
  /** Id of the move that brought it there. */
  readonly lastMove: string;
  readonly reason: string;
  readonly movedBy: string;
  readonly movedAt: Date;
}

export interface AliasMoveRow {
  readonly id: string;
  /** Null: the alias was removed. */
  readonly version: number | null;
  readonly semver: string | null;
  readonly reason: string;
  readonly movedBy: string;
  readonly movedAt: Date;
}

interface AliasMove {
  readonly project: string;
  readonly workflowId: string;
  readonly name: string;
  readonly version: number;
  readonly reason: string;
  readonly by: string;
}

interface VersionFilter {
  readonly published?: boolean | undefined;
  readonly createdBy?: string | undefined;
}

export const VERSION_SORTS = ['version'] as const;

export const ALIAS_MOVE_SORTS = ['movedAt'] as const;

/** What a workflow has published, and its aliases. */
export class VersionRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Until the transaction ends, nobody else publishes a version of the workflow or moves one of its aliases. */
  async lock(workflowId: string): Promise<void> {
    // Not what a save takes: it may go on.
    await this.manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('versions ' || $1, 0))`, [
      workflowId,
    ]);
  }

  list(
    workflowId: string,
    { published, createdBy }: VersionFilter,
    page: Omit<PageRequest<(typeof VERSION_SORTS)[number]>, 'where'>,
  ): Promise<ListedPage<VersionRow>> {
    const where = [
      { sql: 'v.workflow_id = ?', value: workflowId },
      ...(published === undefined
        ? []
        : [{ sql: `p.version IS ${published ? 'NOT ' : ''}NULL`, scans: true }]),
      ...(createdBy === undefined ? [] : [{ sql: 'v.created_by = ?', value: createdBy, scans: true }]),
    ];
    return listPage(this.manager, VERSIONS, { ...page, where });
  }

  async find(workflowId: string, version: number): Promise<VersionRow | undefined> {
    const [row] = await this.manager.query(`${SELECT_VERSION} WHERE v.workflow_id = $1 AND v.version = $2`, [
      workflowId,
      version,
    ]);
    return row;
  }

  /** Call under `lock`. */
  async publish(publication: Omit<WorkflowPublication, 'publishedAt' | 'workflowVersion'>): Promise<void> {
    await this.manager.insert(WorkflowPublication, publication);
  }

  async listPublications(workflowId: string): Promise<WorkflowPublication[]> {
    return this.manager.find(WorkflowPublication, { where: { workflowId }, order: { version: 'ASC' } });
  }

  /** `precedence`: without build metadata. */
  async findPublication(workflowId: string, precedence: string): Promise<WorkflowPublication | null> {
    return this.manager.findOneBy(WorkflowPublication, { workflowId, precedence });
  }

  async listAliases(workflowId: string): Promise<AliasRow[]> {
    return this.manager.query(`${SELECT_ALIAS} WHERE a.workflow_id = $1 ORDER BY a.name`, [workflowId]);
  }

  async findAlias(workflowId: string, name: string): Promise<AliasRow | undefined> {
    const [row] = await this.manager.query(`${SELECT_ALIAS} WHERE a.workflow_id = $1 AND a.name = $2`, [
      workflowId,
      name,
    ]);
    return row;
  }

  /** Sets it up, or moves it. Call under `lock`. */
  async moveAlias(move: AliasMove): Promise<void> {
    const id = createUuidV7();
    await this.manager.query(
      `INSERT INTO workflow_aliases (project, workflow_id, name, version, last_move) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (workflow_id, name) DO UPDATE SET version = excluded.version, last_move = excluded.last_move`,
      [move.project, move.workflowId, move.name, move.version, id],
    );
    await this.noteMove(id, move);
  }

  /** Call under `lock`. */
  async removeAlias(move: Omit<AliasMove, 'version'>): Promise<void> {
    await this.manager.query('DELETE FROM workflow_aliases WHERE workflow_id = $1 AND name = $2', [
      move.workflowId,
      move.name,
    ]);
    await this.noteMove(createUuidV7(), move);
  }

  /** Where an alias stood. */
  listMoves(
    workflowId: string,
    name: string,
    page: Omit<PageRequest<(typeof ALIAS_MOVE_SORTS)[number]>, 'where'>,
  ): Promise<ListedPage<AliasMoveRow>> {
    const where = [
      { sql: 'm.workflow_id = ?', value: workflowId },
      { sql: 'm.name = ?', value: name },
    ];
    return listPage(this.manager, ALIAS_MOVES, { ...page, where });
  }

  /** Numbers of the versions that aliases and published versions of these workflows name: by workflow, then by name. */
  async findNamed(
    project: string,
    workflows: readonly string[],
    precedences: readonly string[],
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
    const named = new Map<string, Map<string, number>>(workflows.map((workflow) => [workflow, new Map()]));
    if (workflows.length === 0) return named;
    const rows: { workflow: string; name: string; version: number }[] = await this.manager.query(
      `SELECT w.name AS workflow, a.name, a.version
       FROM workflows w JOIN workflow_aliases a ON a.workflow_id = w.id
       WHERE w.project = $1 AND w.name = ANY ($2)
       UNION ALL
       SELECT w.name, p.precedence, p.version
       FROM workflows w JOIN workflow_publications p ON p.workflow_id = w.id
       WHERE w.project = $1 AND w.name = ANY ($2) AND p.precedence = ANY ($3)`,
      [project, workflows, precedences],
    );
    for (const { workflow, name, version } of rows) named.get(workflow)?.set(name, version);
    return named;
  }

  private async noteMove(
    id: string,
    move: Omit<AliasMove, 'version'> & { readonly version?: number },
  ): Promise<void> {
    await this.manager.query(
      `INSERT INTO workflow_alias_moves (id, project, workflow_id, name, version, reason, moved_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [id, move.project, move.workflowId, move.name, move.version ?? null, move.reason, move.by],
    );
  }
}

const VERSIONS: Listing<(typeof VERSION_SORTS)[number]> = {
  columns: `v.workflow_id AS "workflowId", v.version, v.digest, v.source, v.format, v.created_at AS "createdAt",
    v.created_by AS "createdBy", p.semver, p.published_at AS "publishedAt", p.published_by AS "publishedBy", p.reason,
    ARRAY(SELECT a.name FROM workflow_aliases a WHERE a.workflow_id = v.workflow_id AND a.version = v.version
      ORDER BY a.name) AS aliases`,
  from: `workflow_versions v
    LEFT JOIN workflow_publications p ON p.workflow_id = v.workflow_id AND p.version = v.version`,
  sorts: { version: { sql: 'v.version', type: 'integer' } },
  key: { sql: 'v.version', type: 'integer' },
};

const SELECT_VERSION = `SELECT ${VERSIONS.columns} FROM ${VERSIONS.from}`;

const ALIAS_MOVES: Listing<(typeof ALIAS_MOVE_SORTS)[number]> = {
  columns: 'm.id, m.version, p.semver, m.reason, m.moved_by AS "movedBy", m.moved_at AS "movedAt"',
  from: `workflow_alias_moves m
    LEFT JOIN workflow_publications p ON p.workflow_id = m.workflow_id AND p.version = m.version`,
  // Ids of version 7 sort by time.
  sorts: { movedAt: { sql: 'm.id', type: 'uuid' } },
  key: { sql: 'm.id', type: 'uuid' },
};

const SELECT_ALIAS = `
  SELECT a.name, a.version, p.semver, a.last_move AS "lastMove", m.reason, m.moved_by AS "movedBy",
    m.moved_at AS "movedAt"
  FROM workflow_aliases a
  JOIN workflow_publications p ON p.workflow_id = a.workflow_id AND p.version = a.version
  JOIN workflow_alias_moves m ON m.id = a.last_move`;
