import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Workflow } from './workflow.entity.js';

/** One step in the history of an alias. Never changed: a trigger of the database refuses it. */
@Entity('workflow_alias_moves')
@Index(['workflowId', 'name', 'id'])
export class WorkflowAliasMove {
  /** Version 7: sorts by time. */
  @PrimaryColumn('uuid') id: string;
  @Column('text', { default: 'default' }) project: string;
  @Column('uuid') workflowId: string;
  @Column('text') name: string;
  /** Null: the alias was removed. */
  @Column('integer', { nullable: true }) version: number | null;
  @Column('text') reason: string;
  @Column('text') movedBy: string;
  @Column('timestamptz', { default: () => 'now()' }) movedAt: Date;

  @ManyToOne(() => Workflow)
  @JoinColumn({ name: 'workflow_id' })
  workflow?: Relation<Workflow>;
}
