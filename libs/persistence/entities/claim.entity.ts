import {
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  type Relation,
  Unique,
} from 'typeorm';
import type { Amounts } from '#domain/plan/plan.js';
import { Run } from './run.entity.js';

/** What a step holds, or (not granted) waits for. Gone when it is given back or its run has ended. */
@Entity('claims')
@Unique(['runId', 'step'])
@Index(['project', 'priority', 'sequence'])
export class Claim {
  /** In the order of asking. */
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) sequence: string;
  @Column('uuid') runId: string;
  @Column('text') step: string;
  @Column('text', { default: 'default' }) project: string;
  @Column('text', { array: true }) locks: string[];
  @Column('text', { nullable: true }) pool: string | null;
  @Column('json', { nullable: true }) amounts: Amounts | null;
  /** 1 first, 5 last. */
  @Column('smallint') priority: number;
  @Column('timestamptz', { default: () => 'now()' }) askedAt: Date;
  @Column('timestamptz', { nullable: true }) grantedAt: Date | null;

  @ManyToOne(() => Run, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'run_id' })
  run?: Relation<Run>;
}
