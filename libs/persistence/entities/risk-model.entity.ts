import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { RiskModelFacts } from '#contracts/rest/risk.js';

/** The model by which the server judges changes of a project, in place of the one that comes with Sluice. */
@Entity('risk_models')
export class StoredRiskModel {
  @PrimaryColumn('text', { default: 'default' }) project: string;
  @Column('text') name: string;
  @Column('text') digest: string;
  @Column('json') trainedOn: RiskModelFacts['trainedOn'];
  /** The file, as it was sent. */
  @Column('text') content: string;
  @Column('text') createdBy: string;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
}
