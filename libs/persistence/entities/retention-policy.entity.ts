import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { RetentionKindName } from '#contracts/retention.js';

/** How long one kind of things is kept in a project; what has no row is kept for ever. */
@Entity('retention_policies')
export class RetentionPolicy {
  @PrimaryColumn('text') project: string;
  @PrimaryColumn('text') kind: RetentionKindName;
  @Column('integer') days: number;
  /** Whether it goes into the archive before it is removed. */
  @Column('boolean') archive: boolean;
  @Column('text') updatedBy: string;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
}
