import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { TickView } from '#contracts/rest/schedules.js';
import type { TickOutcome } from '#contracts/schedules.js';
import { Schedule } from './schedule.entity.js';

/** One moment of a schedule: it starts one run at most, whatever is repeated. */
@Entity('schedule_ticks')
@Index(['lookAt'], { where: 'closed_at IS NULL' })
@Index(['project', 'closedAt'])
export class ScheduleTick {
  @PrimaryColumn('uuid') scheduleId: string;
  @ManyToOne(() => Schedule, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'schedule_id' })
  schedule?: Relation<Schedule>;
  /** The moment that it stands for. */
  @PrimaryColumn('timestamptz') at: Date;
  @Column('text', { default: 'default' }) project: string;
  /** Temporal's id of the tick, who waits for its end. */
  @Column('text') workflowId: string;
  @Column('uuid', { nullable: true }) runId: string | null;
  @Column('boolean', { default: false }) cancelAsked: boolean;
  @Column('boolean', { default: false }) cancelTold: boolean;
  @Column('text', { nullable: true }) outcome: TickOutcome | null;
  @Column('json', { nullable: true }) error: TickView['error'] | null;
  @Column('timestamptz', { default: () => 'now()' }) notedAt: Date;
  /** When Temporal had been told of its outcome. */
  @Column('timestamptz', { nullable: true }) closedAt: Date | null;
  @Column('integer', { default: 0 }) looks: number;
  @Column('integer', { default: 0 }) failures: number;
  @Column('timestamptz', { default: () => 'now()' }) lookAt: Date;
}
