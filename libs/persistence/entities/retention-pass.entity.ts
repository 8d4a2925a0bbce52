import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { RetentionPassStatus, RetentionResult, RetentionTrigger } from '#contracts/retention.js';

/** One time that the periods of a project were carried out. */
@Entity('retention_passes')
@Index(['project', 'id'])
@Check('ck_retention_passes_status', `status IN ('running', 'succeeded', 'failed', 'interrupted')`)
export class RetentionPass {
  /** Version 7: sorts by time. */
  @PrimaryColumn('uuid') id: string;
  @Column('text') project: string;
  @Column('text') trigger: RetentionTrigger;
  @Column('text') status: RetentionPassStatus;
  @Column('text') startedBy: string;
  @Column('timestamptz', { default: () => 'now()' }) startedAt: Date;
  @Column('timestamptz', { nullable: true }) endedAt: Date | null;
  @Column('json') results: readonly RetentionResult[];
  @Column('text', { nullable: true }) error: string | null;
}
