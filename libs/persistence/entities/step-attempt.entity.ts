import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { AttemptView } from '#contracts/rest/runs.js';
import type { StepError } from '#domain/execution/step-error.js';
import type { Json } from '#domain/json.js';
import { Run } from './run.entity.js';

@Entity('step_attempts')
@Index(['runId', 'change'])
@Index('ix_step_attempts_failures', ['project', 'endedAt', 'runId', 'step', 'attempt'], {
  where: `status = 'failed'`,
})
@Check('ck_step_attempts_status', `status IN ('running', 'succeeded', 'failed', 'canceled', 'lost')`)
export class StepAttempt {
  @PrimaryColumn('uuid') runId: string;
  @PrimaryColumn('text') step: string;
  @PrimaryColumn('integer') attempt: number;
  @Column('text', { default: 'default' }) project: string;
  @Column('text') status: AttemptView['status'];
  /** Null until its start was recorded, which may come after its end. */
  @Column('text', { nullable: true }) worker: string | null;
  @Column('text', { nullable: true }) action: string | null;
  @Column('boolean', { default: false }) rebuild: boolean;
  @Column('json', { nullable: true }) input: Json;
  @Column('timestamptz') startedAt: Date;
  @Column('timestamptz', { nullable: true }) endedAt: Date | null;
  @Column('json', { nullable: true }) error: StepError | null;
  /** As in run_steps. */
  @Column('bigint') change: string;

  @ManyToOne(() => Run, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'run_id' })
  run?: Relation<Run>;
}
