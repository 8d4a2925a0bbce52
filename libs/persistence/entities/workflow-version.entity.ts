import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { JsonObject } from '#domain/json.js';
import type { Plan } from '#domain/plan/plan.js';
import { Workflow } from './workflow.entity.js';

/** Never changed once written: a trigger of the database refuses UPDATE and DELETE. */
@Entity('workflow_versions')
export class WorkflowVersion {
  @PrimaryColumn('uuid') workflowId: string;
  @PrimaryColumn('integer') version: number;
  @Column('text', { default: 'default' }) project: string;
  /** The Plan's. */
  @Column('text') digest: string;
  /** As sent. */
  @Column('text') source: string;
  @Column('text') format: 'yaml' | 'json';
  @Column('json') plan: Plan;
  /** JSON Schema per input. */
  @Column('json') inputs: Readonly<Record<string, JsonObject>>;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('text') createdBy: string;

  @ManyToOne(() => Workflow)
  @JoinColumn({ name: 'workflow_id' })
  workflow?: Relation<Workflow>;
}
