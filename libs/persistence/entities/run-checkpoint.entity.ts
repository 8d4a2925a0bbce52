import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { EarlierSteps } from '#domain/rerun/earlier-step.js';
import { Run } from './run.entity.js';

/** What was over at one moment of a run, under a name; a later checkpoint of the same name takes its place. */
@Entity('run_checkpoints')
export class RunCheckpoint {
  @PrimaryColumn('uuid') runId: string;
  @PrimaryColumn('text') name: string;
  @Column('text', { default: 'default' }) project: string;
  @Column('integer') sequence: number;
  @Column('timestamptz') at: Date;
  @Column('text', { nullable: true }) by: string | null;
  @Column('text', { nullable: true }) reason: string | null;
  /** How many steps were over. */
  @Column('integer') settled: number;
  @Column('json') steps: EarlierSteps;

  @ManyToOne(() => Run, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'run_id' })
  run?: Relation<Run>;
}
