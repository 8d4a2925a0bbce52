import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Afterwards } from '#contracts/judgement/gate-result.js';
import type { ChangeFactors } from '#contracts/judgement/risk.js';

/** What became of a change, with its factors: models learn from it. */
@Entity('risk_outcomes')
@Index('ix_risk_outcomes_commit', ['project', 'commit'], { unique: true })
@Index(['project', 'id'])
@Index(['project', 'notedAt'])
@Check('ck_risk_outcomes_outcome', `outcome IN ('good', 'bad')`)
export class RiskOutcome {
  /** Version 7. */
  @PrimaryColumn('uuid') id: string;
  @Column('text', { default: 'default' }) project: string;
  @Column('text', { name: 'commit_id' }) commit: string;
  @Column('text') outcome: Afterwards;
  /** When it was known. */
  @Column('timestamptz') at: Date;
  /** As they were assessed last. */
  @Column('json') factors: ChangeFactors;
  @Column('text', { nullable: true }) reason: string | null;
  @Column('text') notedBy: string;
  @Column('timestamptz', { default: () => 'now()' }) notedAt: Date;
}
