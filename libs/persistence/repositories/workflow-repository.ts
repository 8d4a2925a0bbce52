import type { EntityManager } from 'typeorm';
import type { JsonObject } from '#domain/json.js';
import { canonicalJson } from '#domain/plan/canonical-json.js';
import type { Plan } from '#domain/plan/plan.js';
import { Workflow } from '../entities/workflow.entity.js';
import { WorkflowVersion } from '../entities/workflow-version.entity.js';
import { createUuidV7 } from '../uuid-v7.js';

/** A workflow with the digest of its latest version. */
export type WorkflowRow = Omit<Workflow, 'id'> & { readonly id: string; readonly digest: string };

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
    const before = await this.manager.findOne(WorkflowVersion, {
      where: { workflowId: workflow.id, version: workflow.latestVersion },
      select: { workflowId: true, version: true, digest: true, inputs: true },
    });
    if (before !== null && before.digest === draft.plan.digest && sameInputs(before.inputs, draft.inputs)) {
      if (workflow.description !== (draft.description ?? null)) await this.touch(workflow, draft);
      return { workflow: { ...workflow, digest: before.digest }, outcome: 'unchanged' };
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
      workflow: { ...workflow, digest: draft.plan.digest },
      outcome: before === null ? 'created' : 'versioned',
    };
  }

  /** By name, `limit` at most, after the given name. */
  async list(
    project: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<WorkflowRow[]> {
    return this.manager.query(
      `${SELECT_WORKFLOW} WHERE w.project = $1 AND ($2::text IS NULL OR w.name > $2) ORDER BY w.name LIMIT $3`,
      [project, page.after ?? null, page.limit],
    );
  }

  async findById(project: string, id: string): Promise<WorkflowRow | undefined> {
    const [row] = await this.manager.query(`${SELECT_WORKFLOW} WHERE w.project = $1 AND w.id = $2`, [
      project,
      id,
    ]);
    return row;
  }

  async findByName(project: string, name: string): Promise<WorkflowRow | undefined> {
    const [row] = await this.manager.query(`${SELECT_WORKFLOW} WHERE w.project = $1 AND w.name = $2`, [
      project,
      name,
    ]);
    return row;
  }

  /** Of those of the given names that are there. */
  async findLatestVersions(project: string, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (names.length === 0) return new Map();
    const rows: { name: string; version: number }[] = await this.manager.query(
      'SELECT name, latest_version AS version FROM workflows WHERE project = $1 AND name = ANY ($2)',
      [project, names],
    );
    return new Map(rows.map(({ name, version }) => [name, version]));
  }

  /** Newest first, without their plans; `before` is a version number. */
  async listVersions(
    workflowId: string,
    page: { readonly before?: number; readonly limit: number },
  ): Promise<Omit<WorkflowVersion, 'plan' | 'inputs'>[]> {
    return this.manager.query(
      `SELECT workflow_id AS "workflowId", version, project, digest, source, format, created_at AS "createdAt",
         created_by AS "createdBy"
       FROM workflow_versions WHERE workflow_id = $1 AND ($2::integer IS NULL OR version < $2)
       ORDER BY version DESC LIMIT $3`,
      [workflowId, page.before ?? null, page.limit],
    );
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

  private async touch(workflow: Workflow, draft: WorkflowDraft): Promise<void> {
    workflow.description = draft.description ?? null;
    workflow.updatedAt = new Date();
    await this.manager.save(workflow);
  }
}

const SELECT_WORKFLOW = `
  SELECT w.id, w.project, w.name, w.description, w.latest_version AS "latestVersion", v.digest,
    w.created_at AS "createdAt", w.updated_at AS "updatedAt"
  FROM workflows w JOIN workflow_versions v ON v.workflow_id = w.id AND v.version = w.latest_version`;

function sameInputs(
  a: Readonly<Record<string, JsonObject>>,
  b: Readonly<Record<string, JsonObject>>,
): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
