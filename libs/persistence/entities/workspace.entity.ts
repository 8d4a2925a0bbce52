import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Run } from './run.entity.js';

/** A folder of a run on a worker. Those that were given up stay until their worker has removed them. */
@Entity('workspaces')
@Index(['runId', 'pool'], { unique: true, where: 'held' })
@Index(['queue'])
export class Workspace {
  @PrimaryColumn('uuid') runId: string;
  @PrimaryColumn('text') queue: string;
  @Column('text', { default: 'default' }) project: string;
  /** Worker pool of its worker; empty where that belongs to none. */
  @Column('text', { default: '' }) pool: string;
  /** The one that the run uses in this pool. */
  @Column('boolean') held: boolean;
  @Column('timestamptz', { default: () => 'now()' }) assignedAt: Date;

  @ManyToOne(() => Run, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'run_id' })
  run?: Relation<Run>;
}
