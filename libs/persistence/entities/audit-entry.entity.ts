import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import type { ErasablePart, ErasedPart } from '#domain/audit/entry.js';
import type { Json } from '#domain/json.js';

/** Written once, with the change that it tells of; gets its place in the chain of its project a moment later. */
@Entity('audit_log')
@Unique(['project', 'sequence'])
@Index(['project', 'at', 'id'])
@Index(['project', 'actor', 'at', 'id'])
@Index(['project', 'action', 'at', 'id'])
@Index(['project', 'objectType', 'objectId', 'at', 'id'])
@Index(['project', 'correlationId'])
@Index('ix_audit_log_unsealed', ['project', 'at', 'id'], { where: 'sequence IS NULL' })
export class AuditEntry {
  /** Version 7: sorts by time. */
  @PrimaryColumn('uuid') id: string;
  @Column('text', { default: 'default' }) project: string;
  @Column('timestamptz', { default: () => 'now()' }) at: Date;
  /** Who. */
  @Column('text') actor: string;
  /** What: `run.start`. */
  @Column('text') action: string;
  @Column('text') objectType: string;
  @Column('text') objectId: string;
  @Column('json', { nullable: true }) before: Json;
  @Column('json', { nullable: true }) after: Json;
  @Column('text', { nullable: true }) reason: string | null;
  @Column('text', { nullable: true }) correlationId: string | null;
  /** Null until it is chained, as all below. */
  @Column('bigint', { nullable: true }) sequence: string | null;
  @Column('bytea', { nullable: true }) previous: Buffer | null;
  @Column('bytea', { nullable: true }) hash: Buffer | null;
  /** 16 bytes for each of `ERASABLE_PARTS`; zeros for those that were erased. */
  @Column('bytea', { nullable: true }) salts: Buffer | null;
  @Column('json', { nullable: true }) erased: Partial<Record<ErasablePart, ErasedPart>> | null;
}
