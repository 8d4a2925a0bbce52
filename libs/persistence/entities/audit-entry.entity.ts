import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Json } from '#domain/json.js';

@Entity('audit_log')
@Index(['project', 'id'])
@Index(['objectType', 'objectId'])
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
}
