import type { EntityManager } from 'typeorm';
import type { RiskAssessment, RiskEnvironment, RiskLevel } from '#contracts/judgement/risk.js';
import type { RiskMark } from '#contracts/rest/risk.js';
import { parseMoment } from '#domain/definition/moment.js';
import type { StoredAssessment } from '../entities/risk-assessment.entity.js';
import type { AssessmentVersion } from '../entities/risk-assessment-version.entity.js';
import { jsonOrNull } from '../json-column.js';
import { type ListedPage, type Listing, listPage, type PageRequest } from '../listing/list-page.js';
import { textOrNull } from '../text-column.js';
import { createUuidV7 } from '../uuid-v7.js';

export type AssessmentSummaryRow = Omit<
  StoredAssessment,
  'project' | 'given' | 'factors' | 'history' | 'toldVersion' | 'openUntil'
> &
  Pick<RiskAssessment, 'score' | 'probability' | 'text'>;

export type AssessmentRow = Omit<StoredAssessment, 'toldVersion' | 'openUntil' | 'project'> &
  Pick<AssessmentVersion, 'result' | 'reason'> & { readonly state: RiskEnvironment };

export type AssessmentVersionRow = Omit<AssessmentVersion, 'assessment' | 'project' | 'assessmentId'>;

export type NewAssessment = Omit<
  StoredAssessment,
  'id' | 'version' | 'toldVersion' | 'level' | 'createdAt' | 'updatedAt' | 'commit'
> & { readonly result: RiskAssessment; readonly state: RiskEnvironment; readonly at: Date };

/** What may be assessed again. */
export interface OpenAssessment {
  readonly id: string;
  readonly project: string;
  readonly environment: string;
  readonly given: RiskEnvironment;
  /** As the latest version took it into account. */
  readonly state: RiskEnvironment;
  /** Name, of the run whose step assessed it. */
  readonly workflow: string | null;
}

/** A run that waits for the event, and what it is told. */
export interface UntoldRun {
  readonly id: string;
  readonly version: number;
  readonly run: string;
  readonly commit: string;
  readonly step: string;
  readonly environment: string;
  readonly reason: string | null;
  readonly score: number;
  readonly level: RiskLevel;
  readonly scoreBefore: number;
}

interface AssessmentFilter {
  readonly commit?: string | undefined;
  readonly run?: string | undefined;
  readonly level?: readonly RiskLevel[] | undefined;
  readonly environment?: string | undefined;
  readonly open?: boolean | undefined;
  readonly since?: string | undefined;
}

export const ASSESSMENT_SORTS = ['createdAt'] as const;
export const ASSESSMENT_VERSION_SORTS = ['version'] as const;

export class AssessmentRepository {
  constructor(private readonly manager: EntityManager) {}

  /** With its first version; undefined where this attempt has one already. */
  async add(assessment: NewAssessment): Promise<string | undefined> {
    const { result, state, at, project, createdBy } = assessment;
    const [row] = await this.manager.query(
      `INSERT INTO risk_assessments (id, project, commit_id, run_id, step, attempt, environment, given, factors, history,
         level, open, open_until, created_by, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8::json, $9::json, $10::json, $11, $12, $13, $14, $15, $15)
       ON CONFLICT (run_id, step, attempt) WHERE run_id IS NOT NULL DO NOTHING RETURNING id`,
      [
        createUuidV7(),
        project,
        result.commit,
        assessment.runId,
        assessment.step,
        assessment.attempt,
        assessment.environment,
        jsonOrNull(assessment.given),
        jsonOrNull(assessment.factors),
        jsonOrNull(assessment.history),
        result.level,
        assessment.open,
        assessment.openUntil,
        createdBy,
        at,
      ],
    );
    if (row === undefined) return undefined;
    await this.insertVersion(row.id, { project, version: 1, reason: null, state, result, createdBy });
    return row.id;
  }

  /** The latest, if it still is: no other version came meanwhile. Call in a transaction. */
  async lock(
    project: string,
    id: string,
  ): Promise<(AssessmentRow & Pick<StoredAssessment, 'project'>) | undefined> {
    const [locked] = await this.manager.query(
      'SELECT FROM risk_assessments WHERE project = $1 AND id = $2 AND open FOR UPDATE',
      [project, id],
    );
    if (locked === undefined) return undefined;
    const found = await this.find(project, id);
    return found && { ...found, project };
  }

  /** Call with the assessment locked. */
  async addVersion(
    { id, project, version }: Pick<StoredAssessment, 'id' | 'project' | 'version'>,
    next: {
      readonly reason: string;
      readonly state: RiskEnvironment;
      readonly result: RiskAssessment;
      readonly createdBy: string;
    },
  ): Promise<void> {
    await this.insertVersion(id, { project, version: version + 1, ...next });
    await this.manager.query(
      'UPDATE risk_assessments SET version = $2, level = $3, updated_at = now() WHERE id = $1',
      [id, version + 1, next.result.level],
    );
  }

  async find(project: string, id: string): Promise<AssessmentRow | undefined> {
    const [row] = await this.manager.query(
      `SELECT ${ASSESSMENTS.columns}, a.given, a.factors, a.history, v.environment AS state, v.result, v.reason
       FROM ${ASSESSMENTS.from} WHERE a.project = $1 AND a.id = $2`,
      [project, id],
    );
    return row;
  }

  list(
    project: string,
    { commit, run, level, environment, open, since }: AssessmentFilter,
    page: Omit<PageRequest<(typeof ASSESSMENT_SORTS)[number]>, 'where'>,
  ): Promise<ListedPage<AssessmentSummaryRow>> {
    const where = [
      { sql: 'a.project = ?', value: project },
      ...(commit === undefined ? [] : [{ sql: 'a.commit_id = ?', value: commit }]),
      ...(run === undefined ? [] : [{ sql: 'a.run_id = ?', value: run, scans: true }]),
      ...(level === undefined ? [] : [{ sql: 'a.level = ANY (?)', value: level, scans: true }]),
      ...(environment === undefined ? [] : [{ sql: 'a.environment = ?', value: environment, scans: true }]),
      ...(open === undefined ? [] : [{ sql: open ? 'a.open' : 'NOT a.open', scans: true }]),
      ...(since === undefined
        ? []
        : [{ sql: 'a.created_at >= ?', value: new Date(parseMoment(since)!), scans: true }]),
    ];
    return listPage(this.manager, ASSESSMENTS, { ...page, where });
  }

  listVersions(
    id: string,
    page: Omit<PageRequest<(typeof ASSESSMENT_VERSION_SORTS)[number]>, 'where'>,
  ): Promise<ListedPage<AssessmentVersionRow>> {
    return listPage(this.manager, VERSIONS, { ...page, where: [{ sql: 'v.assessment_id = ?', value: id }] });
  }

  /** The latest of a change. */
  async findOfCommit(
    project: string,
    commit: string,
  ): Promise<Pick<StoredAssessment, 'id' | 'factors'> | undefined> {
    const [row] = await this.manager.query(
      'SELECT id, factors FROM risk_assessments WHERE project = $1 AND commit_id = $2 ORDER BY id DESC LIMIT 1',
      [project, commit],
    );
    return row;
  }

  /** Factors of the latest changes that were assessed before a moment, the oldest first. */
  async listPast(project: string, before: number, limit: number): Promise<StoredAssessment['factors'][]> {
    const rows: Pick<StoredAssessment, 'factors'>[] = await this.manager.query(
      `SELECT factors FROM (
         SELECT DISTINCT ON (commit_id) commit_id, factors, (factors->>'at')::double precision AS at
         FROM (SELECT * FROM risk_assessments WHERE project = $1 ORDER BY id DESC LIMIT 2 * $3) AS last
         ORDER BY commit_id, id DESC
       ) AS changes WHERE at < $2 ORDER BY at DESC, commit_id LIMIT $3`,
      [project, before, limit],
    );
    return rows.map(({ factors }) => factors).reverse();
  }

  /** Those whose run has ended, or whose time is over, are not assessed again. */
  async closeOver(): Promise<void> {
    await this.manager.query(
      `UPDATE risk_assessments a SET open = false, updated_at = now()
       WHERE open AND (open_until <= now() OR run_id IS NOT NULL AND NOT EXISTS (
         SELECT FROM runs r WHERE r.id = a.run_id AND r.ended_at IS NULL))`,
    );
  }

  async close(project: string, commit: string): Promise<void> {
    await this.manager.query(
      'UPDATE risk_assessments SET open = false, updated_at = now() WHERE project = $1 AND commit_id = $2 AND open',
      [project, commit],
    );
  }

  /** Those of earlier attempts. */
  async closeEarlier(run: string, step: string, id: string): Promise<void> {
    await this.manager.query(
      `UPDATE risk_assessments SET open = false, updated_at = now()
       WHERE run_id = $1 AND step = $2 AND id <> $3 AND open`,
      [run, step, id],
    );
  }

  /** In the order of their ids; of one project, or of all. */
  listOpen(project: string | undefined, after: string | undefined, limit: number): Promise<OpenAssessment[]> {
    return this.manager.query(
      `SELECT a.id, a.project, a.environment, a.given, v.environment AS state,
         (SELECT COALESCE(w.former_name, w.name) FROM runs r JOIN workflows w ON w.id = r.workflow_id
          WHERE r.id = a.run_id) AS workflow
       FROM ${ASSESSMENTS.from}
       WHERE a.open AND ($1::text IS NULL OR a.project = $1) AND ($2::uuid IS NULL OR a.id > $2)
       ORDER BY a.id LIMIT $3`,
      [project ?? null, after ?? null, limit],
    );
  }

  async countOpen(project: string): Promise<number> {
    const [row] = await this.manager.query(
      'SELECT count(*)::integer AS count FROM risk_assessments WHERE project = $1 AND open AND run_id IS NULL',
      [project],
    );
    return row.count;
  }

  /** Shown with a run: by step, the latest of each. */
  async listMarks(
    runs: readonly string[],
  ): Promise<readonly (RiskMark & { readonly run: string; readonly step: string })[]> {
    const rows: (Omit<RiskMark, 'at' | 'reason'> & {
      readonly run: string;
      readonly step: string;
      readonly reason: string | null;
      readonly at: Date;
    })[] = await this.manager.query(
      `SELECT DISTINCT ON (a.run_id, a.step) a.run_id AS run, a.step, a.id AS assessment, a.level, a.version, v.reason,
         (v.result->>'score')::double precision AS score, (f.result->>'score')::double precision AS "firstScore",
         v.created_at AS at
       FROM ${ASSESSMENTS.from}
       JOIN risk_assessment_versions f ON f.assessment_id = a.id AND f.version = 1
       WHERE a.run_id = ANY ($1::uuid[]) ORDER BY a.run_id, a.step, a.attempt DESC`,
      [runs],
    );
    return rows.map(({ reason, at, ...mark }) => ({
      ...mark,
      ...(reason === null ? {} : { reason }),
      at: at.toISOString(),
    }));
  }

  /** Who watches the run hears of the step again. Call with the run locked. */
  async touchStep(run: string, step: string): Promise<void> {
    await this.manager.query(
      `UPDATE run_steps SET change = nextval('run_changes') WHERE run_id = $1 AND key = $2`,
      [run, step],
    );
  }

  /** Runs that wait for the event, each with the latest version that they do not know of. */
  listUntold(event: string, limit: number): Promise<UntoldRun[]> {
    return this.manager.query(
      `SELECT a.id, a.version, a.run_id AS run, a.commit_id AS commit, a.step, a.environment, v.reason, a.level,
         (v.result->>'score')::double precision AS score, (t.result->>'score')::double precision AS "scoreBefore"
       FROM ${ASSESSMENTS.from}
       JOIN risk_assessment_versions t ON t.assessment_id = a.id AND t.version = a.told_version
       WHERE a.open AND a.told_version < a.version AND EXISTS (
         SELECT FROM run_steps s WHERE s.run_id = a.run_id AND s.waiting = 'event' AND s.event = $1)
       ORDER BY a.id LIMIT $2`,
      [event, limit],
    );
  }

  async noteTold({ id, version }: Pick<UntoldRun, 'id' | 'version'>): Promise<void> {
    await this.manager.query(
      'UPDATE risk_assessments SET told_version = $2 WHERE id = $1 AND told_version < $2',
      [id, version],
    );
  }

  private async insertVersion(
    id: string,
    version: Omit<AssessmentVersion, 'assessmentId' | 'assessment' | 'environment' | 'createdAt'> & {
      readonly state: RiskEnvironment;
    },
  ): Promise<void> {
    await this.manager.query(
      `INSERT INTO risk_assessment_versions (assessment_id, version, project, reason, environment, result, created_by)
       VALUES ($1, $2, $3, $4, $5::json, $6::json, $7)`,
      [
        id,
        version.version,
        version.project,
        textOrNull(version.reason ?? undefined),
        jsonOrNull(version.state),
        jsonOrNull(version.result),
        version.createdBy,
      ],
    );
  }
}

const ASSESSMENTS: Listing<(typeof ASSESSMENT_SORTS)[number]> = {
  columns: `a.id, a.commit_id AS commit, a.run_id AS "runId", a.step, a.attempt, a.environment, a.version, a.level, a.open,
    (v.result->>'score')::double precision AS score, (v.result->>'probability')::double precision AS probability,
    v.result->>'text' AS text, a.created_by AS "createdBy", a.created_at AS "createdAt", v.created_at AS "updatedAt"`,
  from: 'risk_assessments a JOIN risk_assessment_versions v ON v.assessment_id = a.id AND v.version = a.version',
  // Ids of version 7 sort by time.
  sorts: { createdAt: { sql: 'a.id', type: 'uuid' } },
  key: { sql: 'a.id', type: 'uuid' },
};

const VERSIONS: Listing<(typeof ASSESSMENT_VERSION_SORTS)[number]> = {
  columns: `v.version, v.reason, v.environment, v.result, v.created_by AS "createdBy", v.created_at AS "createdAt"`,
  from: 'risk_assessment_versions v',
  sorts: { version: { sql: 'v.version', type: 'integer' } },
  key: { sql: 'v.version', type: 'integer' },
};
