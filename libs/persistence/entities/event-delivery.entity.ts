import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Run } from './run.entity.js';
import { RunEvent } from './run-event.entity.js';

/** An event that one run emitted and another waited for at that moment; kept once delivered. */
@Entity('event_deliveries')
@Index('ix_event_deliveries_target_run', ['targetRun'])
@Index(['nextAttemptAt'], { where: 'delivered_at IS NULL' })
export class EventDelivery {
  @PrimaryColumn('uuid') sourceRun: string;
  @PrimaryColumn('integer') sequence: number;
  @PrimaryColumn('uuid') targetRun: string;
  @Column('text', { default: 'default' }) project: string;
  @Column('integer', { default: 0 }) attempts: number;
  /** As in the outbox. */
  @Column('integer', { default: 0 }) failures: number;
  @Column('timestamptz', { nullable: true }) setAsideAt: Date | null;
  /** As in the outbox. */
  @Column('timestamptz', { default: () => 'now()' }) nextAttemptAt: Date;
  @Column('text', { nullable: true }) lastError: string | null;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { nullable: true }) deliveredAt: Date | null;

  @ManyToOne(() => RunEvent, { onDelete: 'CASCADE' })
  @JoinColumn([
    { name: 'source_run', referencedColumnName: 'runId' },
    { name: 'sequence', referencedColumnName: 'sequence' },
  ])
  event?: Relation<RunEvent>;

  @ManyToOne(() => Run, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'target_run' })
  target?: Relation<Run>;
}
