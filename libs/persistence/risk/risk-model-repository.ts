import type { EntityManager } from 'typeorm';
import type { StoredRiskModel } from '../entities/risk-model.entity.js';
import { jsonOrNull } from '../json-column.js';

export type RiskModelRow = Omit<StoredRiskModel, 'content'>;

export class RiskModelRepository {
  constructor(private readonly manager: EntityManager) {}

  async find(project: string): Promise<RiskModelRow | undefined> {
    const [row] = await this.manager.query(
      `SELECT project, name, digest, trained_on AS "trainedOn", created_by AS "createdBy", created_at AS "createdAt"
       FROM risk_models WHERE project = $1`,
      [project],
    );
    return row;
  }

  /** Undefined where it is another one by now. */
  async readContent(project: string, digest: string): Promise<string | undefined> {
    const [row] = await this.manager.query(
      'SELECT content FROM risk_models WHERE project = $1 AND digest = $2',
      [project, digest],
    );
    return row?.content;
  }

  async save(model: Omit<StoredRiskModel, 'createdAt'>): Promise<void> {
    await this.manager.query(
      `INSERT INTO risk_models (project, name, digest, trained_on, content, created_by) VALUES ($1, $2, $3, $4::json, $5, $6)
       ON CONFLICT (project) DO UPDATE SET name = excluded.name, digest = excluded.digest,
         trained_on = excluded.trained_on, content = excluded.content, created_by = excluded.created_by, created_at = now()`,
      [model.project, model.name, model.digest, jsonOrNull(model.trainedOn), model.content, model.createdBy],
    );
  }

  async remove(project: string): Promise<void> {
    await this.manager.query('DELETE FROM risk_models WHERE project = $1', [project]);
  }
}
