import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { Overlap } from '#contracts/schedules.js';
import { Schedule } from './schedule.entity.js';

/** Ticks that somebody asked for besides those that time brings. */
@Entity('schedule_orders')
@Index(['scheduleId'])
@Check('ck_schedule_orders_kind', `kind IN ('trigger', 'backfill')`)
export class ScheduleOrder {
  @PrimaryColumn('uuid') id: string;
  @Column('text', { default: 'default' }) project: string;
  @Column('uuid') scheduleId: string;
  @ManyToOne(() => Schedule, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'schedule_id' })
  schedule?: Relation<Schedule>;
  @Column('text') kind: 'trigger' | 'backfill';
  /** Of a trigger: the moment that its tick stands for, twice. */
  @Column('timestamptz') fromAt: Date;
  @Column('timestamptz') toAt: Date;
  @Column('text', { nullable: true }) overlap: Overlap | null;
  @Column('text') orderedBy: string;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { nullable: true }) deliveredAt: Date | null;
}
