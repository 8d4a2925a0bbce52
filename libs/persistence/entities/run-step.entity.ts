import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { ApprovalState, SkipReason, StepStatus, Waiting } from '#domain/execution/state.js';
import type { StepError } from '#domain/execution/step-error.js';
import type { Json } from '#domain/json.js';
import { Run } from './run.entity.js';

@Entity('run_steps')
@Index(['runId', 'change'])
@Index(['project', 'waiting', 'event'], { where: 'waiting IS NOT NULL' })
@Index('ix_run_steps_approvals', ['project', 'startedAt', 'runId', 'key'], { where: `waiting = 'approval'` })
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
  /** What it waits for; null unless it runs. */
  @Column('text', { nullable: true }) waiting: Waiting | null;
  @Column('json', { nullable: true }) approval: ApprovalState | null;
  /** Name of the event that it waits for. */
  @Column('text', { nullable: true }) event: string | null;
  /** Taken over from an earlier run. */
  @Column('boolean', { default: false }) reused: boolean;
  /** Of the transition that it shows. */
  @Column('integer') sequence: number;
  /** From the sequence `run_changes`: grows with every change of any step or attempt of the run. */
  @Column('bigint') change: string;

  @ManyToOne(() => Run, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'run_id' })
  run?: Relation<Run>;
}
