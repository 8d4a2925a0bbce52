import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ChangeFactors, RiskEnvironment, RiskLevel } from '#contracts/judgement/risk.js';
import type { HistoryFacts } from '#contracts/judgement/risk-report.js';

/** How risky a change is, as a step of a run found or as the server was asked. */
@Entity('risk_assessments')
@Index('ix_risk_assessments_run', ['runId', 'step', 'attempt'], { unique: true, where: 'run_id IS NOT NULL' })
@Index(['project', 'id'])
@Index('ix_risk_assessments_commit', ['project', 'commit', 'id'])
@Index('ix_risk_assessments_open', ['project', 'id'], { where: 'open' })
@Index('ix_risk_assessments_over', ['project', 'updatedAt'], { where: 'NOT open' })
@Check('ck_risk_assessments_level', `level IN ('low', 'medium', 'high')`)
export class StoredAssessment {
  /** Version 7: sorts by time. */
  @PrimaryColumn('uuid') id: string;
  @Column('text', { default: 'default' }) project: string;
  @Column('text', { name: 'commit_id' }) commit: string;
  /** Ids stay when the runs that they name are gone. */
  @Column('uuid', { nullable: true }) runId: string | null;
  @Column('text', { nullable: true }) step: string | null;
  @Column('integer', { nullable: true }) attempt: number | null;
  /** Name. */
  @Column('text') environment: string;
  /** What was said of it with the change; what the project knows goes before it. */
  @Column('json') given: RiskEnvironment;
  @Column('json') factors: ChangeFactors;
  @Column('json', { nullable: true }) history: HistoryFacts | null;
  /** The latest. */
  @Column('integer', { default: 1 }) version: number;
  /** The latest that the run was told of by an event. */
  @Column('integer', { default: 1 }) toldVersion: number;
  /** Of the latest version. */
  @Column('text') level: RiskLevel;
  /** It is assessed again when the environment changes. */
  @Column('boolean') open: boolean;
  /** Of one that no run waits for. */
  @Column('timestamptz', { nullable: true }) openUntil: Date | null;
  @Column('text') createdBy: string;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
}
