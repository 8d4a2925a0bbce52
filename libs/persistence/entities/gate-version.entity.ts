import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { Gate, GateType } from '#contracts/judgement/gate.js';
import { StoredGate } from './gate.entity.js';

/** Never changed once written: a trigger of the database refuses UPDATE and DELETE. */
@Entity('gate_versions')
export class GateVersion {
  @PrimaryColumn('uuid') gateId: string;
  @PrimaryColumn('integer') version: number;
  @Column('text', { default: 'default' }) project: string;
  /** Of what the text means. */
  @Column('text') digest: string;
  /** As sent. */
  @Column('text') source: string;
  @Column('text') format: 'yaml' | 'json';
  @Column('text', { nullable: true }) type: GateType | null;
  @Column('text') rules: Gate['rules'];
  /** How many. */
  @Column('integer') criteria: number;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('text') createdBy: string;

  @ManyToOne(() => StoredGate)
  @JoinColumn({ name: 'gate_id' })
  gate?: Relation<StoredGate>;
}
