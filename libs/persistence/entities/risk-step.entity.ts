import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Run } from './run.entity.js';

/** A step that assesses a risk, of which the result is still to be kept. */
@Entity('risk_steps')
export class RiskStep {
  @PrimaryColumn('uuid') runId: string;
  @PrimaryColumn('text') step: string;
  @Column('text', { default: 'default' }) project: string;

  @ManyToOne(() => Run, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'run_id' })
  run?: Relation<Run>;
}
