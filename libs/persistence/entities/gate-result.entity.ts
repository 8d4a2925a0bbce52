import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { Afterwards, GateResult, Outcome } from '#contracts/judgement/gate-result.js';
import type { MeasuredValue } from '#contracts/judgement/gate-store.js';
import { GateVersion } from './gate-version.entity.js';

/** What a gate said of a change. */
@Entity('gate_results')
@Index(['gateId', 'digest'], { unique: true })
@Index(['gateId', 'id'])
@Index(['project', 'createdAt'])
@Index(['runId', 'step'], { where: 'run_id IS NOT NULL' })
@Check('ck_gate_results_outcome', `outcome IN ('pass', 'warn', 'fail', 'inconclusive')`)
@Check('ck_gate_results_afterwards', `afterwards IN ('good', 'bad')`)
export class StoredGateResult {
  /** Version 7: sorts by time. */
  @PrimaryColumn('uuid') id: string;
  @Column('text', { default: 'default' }) project: string;
  @Column('uuid') gateId: string;
  @Column('integer') version: number;
  /** Of what was handed in: the gate, what was measured of which change, and its risk; of a step, the gate and the step. */
  @Column('text') givenDigest: string;
  /** Of that and the earlier runs that it was compared with: one result for each. */
  @Column('text') digest: string;
  @Column('text') outcome: Outcome;
  @Column('double precision') score: number;
  @Column('text') text: string;
  @Column('json') result: GateResult;
  @Column('json') measured: readonly MeasuredValue[];
  @Column('text', { name: 'commit_id', nullable: true }) commit: string | null;
  @Column('uuid', { nullable: true }) runId: string | null;
  @Column('text', { nullable: true }) step: string | null;
  /** Of the step, where it asked by itself. */
  @Column('integer', { nullable: true }) attempt: number | null;
  @Column('json') labels: Readonly<Record<string, string>>;
  /** By which what did not pass was let through. */
  @Column('uuid', { nullable: true }) bypassId: string | null;
  /** What became of the change, as somebody said later. */
  @Column('text', { nullable: true }) afterwards: Afterwards | null;
  @Column('text', { nullable: true }) notedBy: string | null;
  @Column('text') createdBy: string;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;

  @ManyToOne(() => GateVersion)
  @JoinColumn([
    { name: 'gate_id', referencedColumnName: 'gateId' },
    { name: 'version', referencedColumnName: 'version' },
  ])
  gateVersion?: Relation<GateVersion>;
}
