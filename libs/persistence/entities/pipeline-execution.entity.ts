import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { PipelineState } from '#contracts/cicd/execution.js';

/** An execution of a pipeline on some platform, whoever started it. */
@Entity('pipeline_executions')
@Index('ix_pipeline_executions_external', ['integrationId', 'platformProject', 'externalId'], {
  unique: true,
  where: 'external_id IS NOT NULL',
})
@Index(['runId', 'step', 'generation'], { unique: true, where: 'run_id IS NOT NULL' })
@Index(['project', 'id'])
@Index(['integrationId', 'id'])
@Check(
  'ck_pipeline_executions_state',
  `state IN ('queued', 'running', 'blocked', 'succeeded', 'unstable', 'failed', 'canceled', 'skipped')`,
)
export class PipelineExecution {
  /** Also the correlation key of those that are started here. */
  @PrimaryColumn('uuid') id: string;
  @Column('text', { default: 'default' }) project: string;
  @Column('uuid') integrationId: string;
  @Column('text') platform: string;
  /** What holds the pipeline there. */
  @Column('text') platformProject: string;
  @Column('text') pipeline: string;
  /** As the platform names it; null until that is known. */
  @Column('text', { nullable: true }) externalId: string | null;
  @Column('integer', { default: 1 }) attempt: number;
  @Column('text', { default: 'queued' }) state: PipelineState;
  /** In the platform's own words. */
  @Column('text', { default: '' }) native: string;
  @Column('text', { default: '' }) title: string;
  @Column('text', { default: '' }) url: string;
  @Column('text', { nullable: true }) ref: string | null;
  @Column('text', { name: 'commit_id', nullable: true }) commit: string | null;
  @Column('text', { nullable: true }) trigger: string | null;
  @Column('text', { nullable: true }) actor: string | null;
  /** By the platform's clock. */
  @Column('timestamptz', { nullable: true }) queuedAt: Date | null;
  @Column('timestamptz', { nullable: true }) startedAt: Date | null;
  @Column('timestamptz', { nullable: true }) endedAt: Date | null;
  /** The step that started it. */
  @Column('uuid', { nullable: true }) runId: string | null;
  @Column('text', { nullable: true }) step: string | null;
  /** Counts the starts of the step, from 1. */
  @Column('integer', { default: 1 }) generation: number;
  /** When the platform was first and last asked to start it. */
  @Column('timestamptz', { nullable: true }) firstSentAt: Date | null;
  @Column('timestamptz', { nullable: true }) sentAt: Date | null;
  /** The attempt of the step that was to start it. */
  @Column('integer', { nullable: true }) notedAttempt: number | null;
  /** When it failed the step, and in which of its attempts. */
  @Column('timestamptz', { nullable: true }) concludedAt: Date | null;
  @Column('integer', { nullable: true }) concludedAttempt: number | null;
  /** When a webhook told of it last. */
  @Column('timestamptz', { nullable: true }) toldAt: Date | null;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
}
