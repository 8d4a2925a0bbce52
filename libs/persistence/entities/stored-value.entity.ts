import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation, Unique } from 'typeorm';
import { Run } from './run.entity.js';

/** A value too large for a history: JSON text, compressed, in parts. */
@Entity('objects')
@Unique(['runId', 'digest'])
export class StoredValue {
  @PrimaryColumn('uuid') id: string;
  @Column('text', { default: 'default' }) project: string;
  /** The run that made it, and the step that did so first. */
  @Column('uuid') runId: string;
  @Column('text') step: string;
  /** Bytes of the text. */
  @Column('integer') size: number;
  @Column('text') digest: string;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;

  @ManyToOne(() => Run, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'run_id' })
  run?: Relation<Run>;
}
