import type { EntityManager } from 'typeorm';
import type { JsonObject } from '#domain/json.js';
import { canonicalJson } from '#domain/plan/canonical-json.js';
import type { Plan } from '#domain/plan/plan.js';
import { Workflow } from '../entities/workflow.entity.js';
import { WorkflowVersion } from '../entities/workflow-version.entity.js';
import { type ListedPage, type Listing, listPage, type PageRequest } from '../listing/list-page.js';
import { type PreparedStatement, queryPrepared } from '../prepared-statement.js';
import { createUuidV7 } from '../uuid-v7.js';

/** A workflow with the digest of its newest version. */
export type WorkflowRow = Omit<Workflow, 'id' | 'deletedAt' | 'formerName'> & {
  readonly id: string;
  readonly digest: string;
  /** The one that its alias `latest` names. */
  readonly published: { readonly version: number; readonly semver: string } | null;
};

interface WorkflowDraft {
  readonly project: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly source: string;
  readonly format: 'yaml' | 'json';
  readonly plan: Plan;
  /** JSON Schema per input. */
  readonly inputs: Readonly<Record<string, JsonObject>>;
  readonly createdBy: string;
}

export const WORKFLOW_SORTS = ['name', 'createdAt', 'updatedAt'] as const;

export type WorkflowSort = (typeof WORKFLOW_SORTS)[number];

interface WorkflowFilter {
  readonly project: string;
  /** What the name begins with. */
  readonly prefix?: string | undefined;
  /** A part of the name or the description, in whatever case. */
  readonly text?: string | undefined;
  readonly published?: boolean | undefined;
}

export type SaveOutcome = 'created' | 'versioned' | 'unchanged';

export class WorkflowRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * A new workflow, or a new version of the one with this name, unless its latest version means the same (the
   * Plan's digest and the inputs are equal). Call in a transaction; callers that save the same name take turns.
   */
  async save(
    draft: WorkflowDraft,
  ): Promise<{ readonly workflow: WorkflowRow; readonly outcome: SaveOutcome }> {
    const workflow = await this.lockByName(draft);
    const published = await this.findLatestPublished(workflow.id);
    const before = await this.manager.findOne(WorkflowVersion, {
      where: { workflowId: workflow.id, version: workflow.latestVersion },
      select: { workflowId: true, version: true, digest: true, inputs: true },
    });
    if (before !== null && before.digest === draft.plan.digest && sameInputs(before.inputs, draft.inputs)) {
      if (workflow.description !== (draft.description ?? null)) await this.touch(workflow, draft);
      return { workflow: { ...workflow, digest: before.digest, published }, outcome: 'unchanged' };
    }
    workflow.latestVersion += 1;
    await this.manager.insert(WorkflowVersion, {
      workflowId: workflow.id,
      version: workflow.latestVersion,
      project: draft.project,
      digest: draft.plan.digest,
      source: draft.source,
      format: draft.format,
      plan: draft.plan as object,
      inputs: draft.inputs as object,
      createdBy: draft.createdBy,
    });
    await this.touch(workflow, draft);
    return {
      workflow: { ...workflow, digest: draft.plan.digest, published },
      outcome: before === null ? 'created' : 'versioned',
    };
  }

  list(
    { project, prefix, text, published }: WorkflowFilter,
    page: Omit<PageRequest<WorkflowSort>, 'where'>,
  ): Promise<ListedPage<WorkflowRow>> {
    const where = [
      { sql: 'w.project = ? AND w.deleted_at IS NULL', value: project },
      ...(prefix === undefined ? [] : [{ sql: 'starts_with(w.name, ?)', value: prefix, scans: true }]),
      ...(text === undefined
        ? []
        : [
            {
              sql: `strpos(lower(w.name || ' ' || COALESCE(w.description, '')), lower(?)) > 0`,
              value: text,
              scans: true,
            },
          ]),
      ...(published === undefined
        ? []
        : [{ sql: `${published ? '' : 'NOT '}EXISTS (${ALIAS_LATEST})`, scans: true }]),
    ];
    return listPage(this.manager, WORKFLOWS, { ...page, where });
  }

  async findById(project: string, id: string): Promise<WorkflowRow | undefined> {
    const [row] = await queryPrepared<WorkflowRow>(this.manager, FIND_BY_ID, [project, id]);
    return row;
  }

  async findByName(project: string, name: string): Promise<WorkflowRow | undefined> {
    const [row] = await queryPrepared<WorkflowRow>(this.manager, FIND_BY_NAME, [project, name]);
    return row;
  }

  /** Of those of the given names that are there. */
  async findLatestVersions(project: string, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (names.length === 0) return new Map();
    const rows: { name: string; version: number }[] = await this.manager.query(
      `SELECT name, latest_version AS version FROM workflows
       WHERE project = $1 AND name = ANY ($2) AND deleted_at IS NULL`,
      [project, names],
    );
    return new Map(rows.map(({ name, version }) => [name, version]));
  }

  /** Those whose name holds the text, in whatever case, deleted ones too; `limit` at most. */
  async findIdsByText(project: string, text: string, limit: number): Promise<string[]> {
    const rows: { id: string }[] = await this.manager.query(
      `SELECT id FROM workflows WHERE project = $1 AND strpos(lower(COALESCE(former_name, name)), lower($2)) > 0
       ORDER BY name LIMIT $3`,
      [project, text, limit],
    );
    return rows.map(({ id }) => id);
  }

  async findVersion(workflowId: string, version: number): Promise<WorkflowVersion | null> {
    return this.manager.findOneBy(WorkflowVersion, { workflowId, version });
  }

  private async lockByName(draft: WorkflowDraft): Promise<Workflow> {
    await this.manager.query(
      `INSERT INTO workflows (id, project, name, description, latest_version) VALUES ($1, $2, $3, $4, 0)
       ON CONFLICT (project, name) DO NOTHING`,
      [createUuidV7(), draft.project, draft.name, draft.description ?? null],
    );
    return this.manager.findOneOrFail(Workflow, {
      where: { project: draft.project, name: draft.name },
      lock: { mode: 'pessimistic_write' },
    });
  }

  private async findLatestPublished(workflowId: string): Promise<WorkflowRow['published']> {
    const [row] = await this.manager.query(
      `SELECT ${LATEST_PUBLISHED} AS published FROM workflows w WHERE w.id = $1`,
      [workflowId],
    );
    return row?.published ?? null;
  }

  private async touch(workflow: Workflow, draft: WorkflowDraft): Promise<void> {
    workflow.description = draft.description ?? null;
    workflow.updatedAt = new Date();
    await this.manager.save(workflow);
  }
}

const ALIAS_LATEST = `SELECT FROM workflow_aliases a WHERE a.workflow_id = w.id AND a.name = 'latest'`;

const LATEST_PUBLISHED = `
  (SELECT json_build_object('version', p.version, 'semver', p.semver)
   FROM workflow_aliases a JOIN workflow_publications p ON p.workflow_id = a.workflow_id AND p.version = a.version
   WHERE a.workflow_id = w.id AND a.name = 'latest')`;

const WORKFLOWS: Listing<WorkflowSort> = {
  columns: `w.id, w.project, w.name, w.description, w.latest_version AS "latestVersion", v.digest,
    w.created_at AS "createdAt", w.updated_at AS "updatedAt", ${LATEST_PUBLISHED} AS published`,
  from: 'workflows w JOIN workflow_versions v ON v.workflow_id = w.id AND v.version = w.latest_version',
  sorts: {
    name: { sql: 'w.name', type: 'text' },
    createdAt: { sql: 'w.created_at', type: 'timestamptz' },
    updatedAt: { sql: 'w.updated_at', type: 'timestamptz' },
  },
  key: { sql: 'w.id', type: 'uuid' },
};

const FIND_BY_ID = findWorkflowBy('id');
const FIND_BY_NAME = findWorkflowBy('name');

function findWorkflowBy(column: 'id' | 'name'): PreparedStatement {
  return {
    name: `find_workflow_by_${column}`,
    text: `SELECT ${WORKFLOWS.columns} FROM ${WORKFLOWS.from}
      WHERE w.project = $1 AND w.${column} = $2 AND w.deleted_at IS NULL`,
  };
}

function sameInputs(
  a: Readonly<Record<string, JsonObject>>,
  b: Readonly<Record<string, JsonObject>>,
): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
