import type { EntityManager } from 'typeorm';
import type { AuditAction, AuditObject } from '#contracts/audit.js';
import type { Json } from '#domain/json.js';
import { jsonOrNull } from '../json-column.js';
import { createUuidV7 } from '../uuid-v7.js';

interface AuditRecord {
  readonly project: string;
  readonly actor: string;
  readonly action: AuditAction;
  readonly objectType: AuditObject;
  readonly objectId: string;
  readonly before?: Json;
  readonly after?: Json;
  readonly reason?: string | undefined;
  readonly correlationId?: string;
}

export class AuditRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Call in the transaction of the change. */
  async add(record: AuditRecord): Promise<void> {
    await this.manager.query(
      `INSERT INTO audit_log (id, project, actor, action, object_type, object_id, before, after, reason, correlation_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7::json, $8::json, $9, $10)`,
      [
        createUuidV7(),
        record.project,
        record.actor,
        record.action,
        record.objectType,
        record.objectId,
        jsonOrNull(record.before),
        jsonOrNull(record.after),
        record.reason ?? null,
        record.correlationId ?? null,
      ],
    );
  }
}
