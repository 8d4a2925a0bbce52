import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { SkipReason, StepStatus } from '#domain/execution/state.js';
import type { StepError } from '#domain/execution/step-error.js';
import type { Json } from '#domain/json.js';
import { Run } from './run.entity.js';

@Entity('run_steps')
@Index(['runId', 'change'])
@Check('ck_run_steps_status', `status IN ('running', 'succeeded', 'failed', 'skipped', 'canceled')`)
export class RunStep {
  @PrimaryColumn('uuid') runId: string;
  /** Step key: `deploy`, `deploy[2]`. */
  @PrimaryColumn('text') key: string;
  @Column('text', { default: 'default' }) project: string;
  @Column('text') status: StepStatus;
  @Column('timestamptz', { nullable: true }) startedAt: Date | null;
  @Column('timestamptz', { nullable: true }) endedAt: Date | null;
  @Column('json', { nullable: true }) output: Json;
  @Column('json', { nullable: true }) error: StepError | null;
  @Column('text', { nullable: true }) skipped: SkipReason | null;
  /** Of the transition that it shows. */
  @Column('integer') sequence: number;
  /** From the sequence `run_changes`: grows with every change of any step or attempt of the run. */
  @Column('bigint') change: string;

  @ManyToOne(() => Run, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'run_id' })
  run?: Relation<Run>;
}
