import type { EntityManager } from 'typeorm';
import type { Afterwards, Outcome } from '#contracts/judgement/gate-result.js';
import type { EarlierResult, StepGo } from '#contracts/judgement/gate-store.js';
import type { GateBypass } from '../entities/gate-bypass.entity.js';
import type { StoredGateResult } from '../entities/gate-result.entity.js';
import { jsonOrNull } from '../json-column.js';
import { type ListedPage, type Listing, listPage, type PageRequest } from '../listing/list-page.js';
import { textOrNull } from '../text-column.js';
import { createUuidV7 } from '../uuid-v7.js';

type BypassFields = Pick<GateBypass, 'id' | 'reason' | 'createdBy'> & {
  /** As JSON has it. */
  readonly expiresAt: string;
  readonly revokedAt: string | null;
};

export type GateResultRow = Omit<
  StoredGateResult,
  'gateVersion' | 'givenDigest' | 'measured' | 'bypassId' | 'project' | 'attempt'
> & {
  /** Under which it was let through. */
  readonly bypass: BypassFields | null;
};

export type GateResultSummaryRow = Omit<GateResultRow, 'result'>;

export type NewGateResult = Omit<
  StoredGateResult,
  'id' | 'gateVersion' | 'outcome' | 'score' | 'text' | 'afterwards' | 'notedBy' | 'createdAt'
>;

export interface GateResultFilter {
  readonly outcome?: readonly Outcome[] | undefined;
  readonly commit?: string | undefined;
  readonly run?: string | undefined;
  readonly version?: number | undefined;
}

export const GATE_RESULT_SORTS = ['createdAt'] as const;

export class GateResultRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Undefined where the gate has a result of this digest, were it made at the same time. */
  async add(result: NewGateResult): Promise<string | undefined> {
    const [row] = await this.manager.query(
      `INSERT INTO gate_results (id, project, gate_id, version, given_digest, digest, outcome, score, text,
         result, measured,
         commit_id, run_id, step, labels, bypass_id, created_by, created_at, attempt)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::json, $11::json, $12, $13, $14, $15::json, $16, $17, $18, $19)
       ON CONFLICT (gate_id, digest) DO NOTHING RETURNING id`,
      [
        createUuidV7(),
        result.project,
        result.gateId,
        result.version,
        result.givenDigest,
        result.digest,
        result.result.outcome,
        result.result.score,
        textOrNull(result.result.text),
        jsonOrNull(result.result),
        jsonOrNull(result.measured),
        result.commit,
        result.runId,
        result.step,
        jsonOrNull(result.labels),
        result.bypassId,
        result.createdBy,
        result.result.at,
        result.attempt,
      ],
    );
    return row?.id;
  }

  async find(gateId: string, id: string): Promise<GateResultRow | undefined> {
    return this.findBy(gateId, 'r.id = $2', id);
  }

  async findByDigest(gateId: string, digest: string): Promise<GateResultRow | undefined> {
    return this.findBy(gateId, 'r.digest = $2', digest);
  }

  /** What decided in this go of a step, of whichever gate. */
  async findOfGo({ run, step, begunAfter }: Omit<StepGo, 'attempt'>): Promise<GateResultRow | undefined> {
    const [row] = await this.manager.query(
      `SELECT ${RESULTS.columns}, r.result FROM ${RESULTS.from}
       WHERE r.run_id = $1 AND r.step = $2 AND r.attempt > $3 AND r.outcome <> 'inconclusive' ORDER BY r.id DESC LIMIT 1`,
      [run, step, begunAfter],
    );
    return row;
  }

  list(
    gateId: string,
    { outcome, commit, run, version }: GateResultFilter,
    page: Omit<PageRequest<(typeof GATE_RESULT_SORTS)[number]>, 'where'>,
  ): Promise<ListedPage<GateResultSummaryRow>> {
    const where = [
      { sql: 'r.gate_id = ?', value: gateId },
      ...(outcome === undefined ? [] : [{ sql: 'r.outcome = ANY (?)', value: outcome, scans: true }]),
      ...(commit === undefined ? [] : [{ sql: 'r.commit_id = ?', value: commit, scans: true }]),
      ...(run === undefined ? [] : [{ sql: 'r.run_id = ?', value: run, scans: true }]),
      ...(version === undefined ? [] : [{ sql: 'r.version = ?', value: version, scans: true }]),
    ];
    return listPage(this.manager, RESULTS, { ...page, where });
  }

  /** Of what was handed in at other times, the latest result each; the latest first, of the last `limit` results. */
  async listEarlier(gateId: string, givenDigest: string, limit: number): Promise<EarlierResult[]> {
    return this.manager.query(
      `SELECT at, outcome, measured, afterwards FROM (
         SELECT DISTINCT ON (given_digest) id, created_at AS at, outcome, measured, afterwards
         FROM (SELECT * FROM gate_results WHERE gate_id = $1 ORDER BY id DESC LIMIT $3) AS last
         WHERE given_digest <> $2 ORDER BY given_digest, id DESC
       ) AS earlier ORDER BY id DESC`,
      [gateId, givenDigest, limit],
    );
  }

  /** What was let through before under another one stays so. */
  async noteBypass(id: string, bypass: string): Promise<void> {
    await this.manager.query('UPDATE gate_results SET bypass_id = $2 WHERE id = $1 AND bypass_id IS NULL', [
      id,
      bypass,
    ]);
  }

  async noteAfterwards(id: string, afterwards: Afterwards | null, by: string): Promise<void> {
    await this.manager.query('UPDATE gate_results SET afterwards = $2, noted_by = $3 WHERE id = $1', [
      id,
      afterwards,
      afterwards === null ? null : by,
    ]);
  }

  private async findBy(gateId: string, condition: string, value: string): Promise<GateResultRow | undefined> {
    const [row] = await this.manager.query(
      `SELECT ${RESULTS.columns}, r.result FROM ${RESULTS.from} WHERE r.gate_id = $1 AND ${condition}`,
      [gateId, value],
    );
    return row;
  }
}

const RESULTS: Listing<(typeof GATE_RESULT_SORTS)[number]> = {
  columns: `r.id, r.gate_id AS "gateId", r.version, r.digest, r.outcome, r.score, r.text, r.commit_id AS commit,
    r.run_id AS "runId", r.step, r.labels, r.afterwards, r.noted_by AS "notedBy", r.created_by AS "createdBy",
    r.created_at AS "createdAt",
    (SELECT json_build_object('id', b.id, 'reason', b.reason, 'createdBy', b.created_by, 'expiresAt', b.expires_at,
       'revokedAt', b.revoked_at) FROM gate_bypasses b WHERE b.id = r.bypass_id) AS bypass`,
  from: 'gate_results r',
  // Ids of version 7 sort by time.
  sorts: { createdAt: { sql: 'r.id', type: 'uuid' } },
  key: { sql: 'r.id', type: 'uuid' },
};
