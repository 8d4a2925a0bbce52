import {
  Check,
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  type Relation,
  Unique,
} from 'typeorm';
import type { RunTrigger, RunTrouble, RunViewStatus } from '#contracts/rest/runs.js';
import type { Seed } from '#domain/execution/state.js';
import type { StepError } from '#domain/execution/step-error.js';
import type { Json, JsonObject } from '#domain/json.js';
import { WorkflowVersion } from './workflow-version.entity.js';

/** A projection: Temporal's history is the truth of a run. */
@Entity('runs')
@Unique(['project', 'idempotencyKey'])
@Index(['project', 'id'])
@Index(['project', 'status', 'id'])
@Index(['project', 'startedBy', 'id'])
@Index(['workflowId', 'id'])
@Index('ix_runs_live', ['status'], { where: 'ended_at IS NULL' })
@Index('ix_runs_rerun_of', ['rerunOf'], { where: 'rerun_of IS NOT NULL' })
@Index('ix_runs_parent_run', ['parentRun'], { where: 'parent_run IS NOT NULL' })
@Index(['workflowId', 'status', 'id'])
@Index('ix_runs_triggered', ['project', 'trigger', 'id'], { where: `trigger <> 'api'` })
@Index('ix_runs_ended', ['project', 'endedAt', 'id'], { where: 'ended_at IS NOT NULL' })
@Index('ix_runs_ended_of_workflow', ['workflowId', 'endedAt'], { where: 'ended_at IS NOT NULL' })
@Index('ix_runs_living', ['checkedAt'], { where: 'ended_at IS NULL' })
@Index(['project', 'concurrencyGroup', 'groupTurn'], {
  where: 'concurrency_group IS NOT NULL AND ended_at IS NULL',
})
@Check(
  'ck_runs_status',
  `status IN ('queued', 'running', 'paused', 'canceling', 'rolling-back', 'succeeded', 'rejected', 'failed', 'canceled')`,
)
@Check('ck_runs_trigger', `trigger IN ('api', 'rerun', 'workflow', 'schedule', 'webhook')`)
export class Run {
  /** Version 7: sorts by time. */
  @PrimaryColumn('uuid') id: string;
  @Column('text', { default: 'default' }) project: string;
  @Column('uuid') workflowId: string;
  @Column('integer') version: number;
  @Column('text') status: RunViewStatus;
  @Column('text') trigger: RunTrigger;
  @Column('text') startedBy: string;
  @Column('json') inputs: JsonObject;
  @Column('json', { nullable: true }) output: Json;
  @Column('json', { nullable: true }) error: StepError | null;
  @Column('text', { nullable: true }) idempotencyKey: string | null;
  /** Digest of what the caller asked for, to tell a repetition from another request under the same key. */
  @Column('text') requestDigest: string;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { nullable: true }) startedAt: Date | null;
  @Column('timestamptz', { nullable: true }) endedAt: Date | null;
  @Column('text', { nullable: true }) cancelBy: string | null;
  @Column('text', { nullable: true }) cancelReason: string | null;
  @Column('timestamptz', { nullable: true }) cancelAt: Date | null;
  /** The run that this one repeats in part, and from which step on. Ids stay when the runs that they name are gone. */
  @Column('uuid', { nullable: true }) rerunOf: string | null;
  @Column('text', { nullable: true }) rerunFrom: string | null;
  /** The run whose step started this one. */
  @Column('uuid', { nullable: true }) parentRun: string | null;
  @Column('text', { nullable: true }) parentStep: string | null;
  /** The delivery of a webhook that started it. */
  @Column('uuid', { nullable: true }) webhookDelivery: string | null;
  /** Results that it takes over; may be large. */
  @Column('json', { nullable: true }) seed: Seed | null;
  /** Of the runs of one group one is live at a time: the one that joined it first. */
  @Column('text', { nullable: true }) concurrencyGroup: string | null;
  /** Order of joining; from the sequence `group_turns`, under the group's lock. */
  @Column('bigint', { nullable: true }) groupTurn: string | null;
  /** Begins in a freeze too. */
  @Column('boolean', { default: false }) ignoresFreezes: boolean;
  /** Steps that will not change any more, and all that are known: the plan's, and instances of loops as they open. */
  @Column('integer', { default: 0 }) settled: number;
  @Column('integer') total: number;
  /** Of the last transition of the run itself. */
  @Column('integer', { default: 0 }) sequence: number;
  /** The end of which its complete record tells; null where there is none. */
  @Column('timestamptz', { nullable: true }) finalAt: Date | null;
  /** When the run was last heard of by a transition. */
  @Column('timestamptz', { nullable: true }) newsAt: Date | null;
  /** When the reconciler last asked about it. */
  @Column('timestamptz', { nullable: true }) checkedAt: Date | null;
  /** Of the request that started it; a run that a step starts has that of the run above it. */
  @Column('text', { nullable: true }) correlationId: string | null;
  /** The span above the run's, as the header has it. */
  @Column('text', { nullable: true }) traceparent: string | null;
  /** What it found to be in the way of the run then. */
  @Column('json', { nullable: true }) trouble: RunTrouble | null;

  @ManyToOne(() => WorkflowVersion)
  @JoinColumn([
    { name: 'workflow_id', referencedColumnName: 'workflowId' },
    { name: 'version', referencedColumnName: 'version' },
  ])
  workflowVersion?: Relation<WorkflowVersion>;
}
