import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { WorkflowPublication } from './workflow-publication.entity.js';

/** A name for a published version, which may be moved to another one. */
@Entity('workflow_aliases')
export class WorkflowAlias {
  @PrimaryColumn('uuid') workflowId: string;
  @PrimaryColumn('text') name: string;
  @Column('text', { default: 'default' }) project: string;
  @Column('integer') version: number;
  /** Id of the move that brought it there. */
  @Column('uuid') lastMove: string;

  @ManyToOne(() => WorkflowPublication)
  @JoinColumn([
    { name: 'workflow_id', referencedColumnName: 'workflowId' },
    { name: 'version', referencedColumnName: 'version' },
  ])
  publication?: Relation<WorkflowPublication>;
}
