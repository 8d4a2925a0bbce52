import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { RiskAssessment, RiskEnvironment } from '#contracts/judgement/risk.js';
import { StoredAssessment } from './risk-assessment.entity.js';

/** What was said of a change at one time. Never changes once written. */
@Entity('risk_assessment_versions')
export class AssessmentVersion {
  @PrimaryColumn('uuid') assessmentId: string;
  @PrimaryColumn('integer') version: number;
  @Column('text', { default: 'default' }) project: string;
  /** What had changed; null of the first. */
  @Column('text', { nullable: true }) reason: string | null;
  /** As it was taken into account. */
  @Column('json') environment: RiskEnvironment;
  @Column('json') result: RiskAssessment;
  @Column('text') createdBy: string;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;

  @ManyToOne(() => StoredAssessment, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'assessment_id' })
  assessment?: Relation<StoredAssessment>;
}
