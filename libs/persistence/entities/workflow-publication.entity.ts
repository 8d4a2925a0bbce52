import { Column, Entity, JoinColumn, OneToOne, PrimaryColumn, type Relation, Unique } from 'typeorm';
import { WorkflowVersion } from './workflow-version.entity.js';

/** That a version was published, as what, by whom and why. Never changed: a trigger of the database refuses it. */
@Entity('workflow_publications')
@Unique(['workflowId', 'precedence'])
export class WorkflowPublication {
  @PrimaryColumn('uuid') workflowId: string;
  @PrimaryColumn('integer') version: number;
  @Column('text', { default: 'default' }) project: string;
  /** SemVer 2.0.0, as given. */
  @Column('text') semver: string;
  /** Without build metadata. */
  @Column('text') precedence: string;
  /** The Plan's. */
  @Column('text') digest: string;
  @Column('text') reason: string;
  @Column('text') publishedBy: string;
  @Column('timestamptz', { default: () => 'now()' }) publishedAt: Date;

  @OneToOne(() => WorkflowVersion)
  @JoinColumn([
    { name: 'workflow_id', referencedColumnName: 'workflowId' },
    { name: 'version', referencedColumnName: 'version' },
  ])
  workflowVersion?: Relation<WorkflowVersion>;
}
