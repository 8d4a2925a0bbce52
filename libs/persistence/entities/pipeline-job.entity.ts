import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { PipelineState, PipelineStep } from '#contracts/cicd/execution.js';
import { PipelineExecution } from './pipeline-execution.entity.js';

/** A job of one attempt of an execution. */
@Entity('pipeline_jobs')
export class PipelineJobRow {
  @PrimaryColumn('uuid') executionId: string;
  /** Of the execution. */
  @PrimaryColumn('integer') executionAttempt: number;
  @PrimaryColumn('text') externalId: string;
  /** In the order of the platform, from 0. */
  @Column('integer') position: number;
  /** Of the job itself. */
  @Column('integer') attempt: number;
  @Column('text') name: string;
  @Column('text', { nullable: true }) stage: string | null;
  @Column('text') state: PipelineState;
  @Column('text') native: string;
  @Column('text', { nullable: true }) url: string | null;
  @Column('text', { nullable: true }) runner: string | null;
  @Column('boolean') mayFail: boolean;
  @Column('timestamptz', { nullable: true }) queuedAt: Date | null;
  @Column('timestamptz', { nullable: true }) startedAt: Date | null;
  @Column('timestamptz', { nullable: true }) endedAt: Date | null;
  @Column('json', { nullable: true }) steps: readonly PipelineStep[] | null;

  @ManyToOne(() => PipelineExecution, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'execution_id' })
  execution?: Relation<PipelineExecution>;
}
