import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { StoredGate } from './gate.entity.js';

/** For how long a gate that does not pass lets changes through, by whose word, and why. */
@Entity('gate_bypasses')
@Index(['gateId', 'id'])
export class GateBypass {
  /** Version 7: sorts by time. */
  @PrimaryColumn('uuid') id: string;
  @Column('text', { default: 'default' }) project: string;
  @Column('uuid') gateId: string;
  @Column('text') reason: string;
  @Column('text') createdBy: string;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz') expiresAt: Date;
  /** Ended before its time. */
  @Column('timestamptz', { nullable: true }) revokedAt: Date | null;
  @Column('text', { nullable: true }) revokedBy: string | null;

  @ManyToOne(() => StoredGate)
  @JoinColumn({ name: 'gate_id' })
  gate?: Relation<StoredGate>;
}
