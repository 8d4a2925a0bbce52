import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { ScheduleError, TimingRequest } from '#contracts/rest/schedules.js';
import type { VersionName } from '#contracts/rest/workflows.js';
import type { Overlap } from '#contracts/schedules.js';
import type { JsonObject } from '#domain/json.js';
import { Workflow } from './workflow.entity.js';

/** A workflow that is started by time. Temporal is made equal to this row, again and again. */
@Entity('schedules')
@Index(['project', 'name'], { unique: true, where: 'deleted_at IS NULL' })
@Index(['project', 'createdAt', 'id'])
@Index(['workflowId'], { where: 'deleted_at IS NULL' })
@Index(['lookAt'], { where: 'look_at IS NOT NULL' })
@Check('ck_schedules_overlap', `overlap IN ('skip', 'buffer-one', 'buffer-all', 'cancel-other', 'allow-all')`)
export class Schedule {
  @PrimaryColumn('uuid') id: string;
  @Column('text', { default: 'default' }) project: string;
  /** Unique among those that are not deleted. */
  @Column('text') name: string;
  @Column('text', { nullable: true }) description: string | null;
  @Column('uuid') workflowId: string;
  @ManyToOne(() => Workflow)
  @JoinColumn({ name: 'workflow_id' })
  workflow?: Relation<Workflow>;
  /** As asked for: it is found out at each tick which one that is. */
  @Column('json', { nullable: true }) version: VersionName | null;
  @Column('json') inputs: JsonObject;
  @Column('json') timing: TimingRequest;
  @Column('text') overlap: Overlap;
  @Column('bigint') catchUpMs: string;
  @Column('boolean') pauseOnFailure: boolean;
  @Column('text', { nullable: true }) pausedBy: string | null;
  @Column('text', { nullable: true }) pauseReason: string | null;
  /** Null: it ticks. */
  @Column('timestamptz', { nullable: true }) pausedAt: Date | null;
  /** Counts its changes. */
  @Column('integer', { default: 1 }) revision: number;
  /** The one that Temporal was told of last. */
  @Column('integer', { default: 0 }) toldRevision: number;
  /** When Temporal is looked at next; null once it was removed there. */
  @Column('timestamptz', { nullable: true, default: () => 'now()' }) lookAt: Date | null;
  @Column('integer', { default: 0 }) looks: number;
  @Column('integer', { default: 0 }) failures: number;
  @Column('text', { nullable: true }) trouble: string | null;
  @Column('json', { nullable: true }) lastError: ScheduleError | null;
  /** As Temporal counted when it was last looked at. */
  @Column('integer', { default: 0 }) skipped: number;
  @Column('integer', { default: 0 }) missed: number;
  @Column('text') createdBy: string;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
  @Column('timestamptz', { nullable: true }) deletedAt: Date | null;
}
