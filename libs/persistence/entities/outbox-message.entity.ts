import {
  Check,
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  type Relation,
  Unique,
} from 'typeorm';
import { Run } from './run.entity.js';

/** What Temporal has yet to be told. Written with the change that it tells of; kept once delivered. */
@Entity('outbox')
@Unique(['runId', 'kind'])
@Index(['id'], { where: 'delivered_at IS NULL' })
@Check('ck_outbox_kind', `kind IN ('start', 'cancel')`)
export class OutboxMessage {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: string;
  @Column('text', { default: 'default' }) project: string;
  @Column('text') kind: 'start' | 'cancel';
  @Column('uuid') runId: string;
  /** Claims, by which a relay also knows whether a message is still its own. */
  @Column('integer', { default: 0 }) attempts: number;
  /** Attempts that failed while Temporal could be asked otherwise. */
  @Column('integer', { default: 0 }) failures: number;
  /** Since when it is tried now and then only. */
  @Column('timestamptz', { nullable: true }) setAsideAt: Date | null;
  /** Not before this moment; while a relay works on it, the moment at which another may take over. */
  @Column('timestamptz', { default: () => 'now()' }) nextAttemptAt: Date;
  @Column('text', { nullable: true }) lastError: string | null;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { nullable: true }) deliveredAt: Date | null;

  @ManyToOne(() => Run, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'run_id' })
  run?: Relation<Run>;
}
