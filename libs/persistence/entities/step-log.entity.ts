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
import type { LogLine } from '#contracts/ports.js';
import { Run } from './run.entity.js';

/** One chunk of lines: a row a line costs ten times as much to write. */
@Entity('step_logs')
@Unique(['runId', 'step', 'attempt', 'firstLine'])
@Index(['runId', 'id'])
export class StepLog {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: string;
  @Column('text', { default: 'default' }) project: string;
  @Column('uuid') runId: string;
  @Column('text') step: string;
  @Column('integer') attempt: number;
  /** From 1. */
  @Column('integer') firstLine: number;
  @Column('json') lines: readonly StoredLine[];

  @ManyToOne(() => Run, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'run_id' })
  run?: Relation<Run>;
}

/** Milliseconds since the epoch, stream, text. */
type StoredLine = readonly [number, LogLine['stream'], string];
