import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { PublishedEventType } from '#domain/execution/command.js';
import type { Json } from '#domain/json.js';
import { Run } from './run.entity.js';

/** What a run published, numbered together with its transitions. Never changes once written. */
@Entity('run_events')
export class RunEvent {
  @PrimaryColumn('uuid') runId: string;
  @PrimaryColumn('integer') sequence: number;
  @Column('text', { default: 'default' }) project: string;
  @Column('timestamptz') at: Date;
  @Column('text') type: PublishedEventType;
  @Column('text', { nullable: true }) step: string | null;
  @Column('text', { nullable: true }) by: string | null;
  @Column('text', { nullable: true }) reason: string | null;
  /** Of an emitted or received event, or of a checkpoint. */
  @Column('text', { nullable: true }) name: string | null;
  /** Without the steps of a checkpoint, which stand there. */
  @Column('json', { nullable: true }) data: Json;

  @ManyToOne(() => Run, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'run_id' })
  run?: Relation<Run>;
}
