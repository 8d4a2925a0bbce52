import type { EntityManager } from 'typeorm';
import type { AuditAction, AuditObject } from '#contracts/audit.js';
import { boundChange, hideSecretForms } from '#domain/audit/bound-change.js';
import type { Json } from '#domain/json.js';
import { jsonOrNull } from '../json-column.js';
import { textOrNull } from '../text-column.js';
import { createUuidV7 } from '../uuid-v7.js';

/** Characters of a reason, at most. */
const MOST_REASON = 2_000;

export interface AuditRecord {
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

  /**
   * Call in the transaction of the change. Secrets are hidden and what is large is shortened; the entry gets its place in
   * the chain once it is committed.
   */
  async add(record: AuditRecord): Promise<void> {
    await this.manager.query(
      `INSERT INTO audit_log (${AUDIT_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7::json, $8::json, $9, $10)`,
      auditValues(record),
    );
  }
}

export const AUDIT_COLUMNS =
  'id, project, actor, action, object_type, object_id, before, after, reason, correlation_id';

/** Of `AUDIT_COLUMNS`, as they are kept. */
export function auditValues(record: AuditRecord): (string | null)[] {
  return [
    createUuidV7(),
    record.project,
    record.actor,
    record.action,
    record.objectType,
    record.objectId,
    jsonOrNull(record.before === undefined ? null : boundChange(record.before)),
    jsonOrNull(record.after === undefined ? null : boundChange(record.after)),
    textOrNull(
      record.reason === undefined ? undefined : hideSecretForms(record.reason).slice(0, MOST_REASON),
    ),
    textOrNull(record.correlationId),
  ];
}
