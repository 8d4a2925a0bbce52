import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EnvironmentState } from '#contracts/rest/risk.js';

/** What a project knows of where its changes go. */
@Entity('risk_environments')
export class StoredEnvironment {
  @PrimaryColumn('text', { default: 'default' }) project: string;
  @PrimaryColumn('text') name: string;
  /** As somebody said. */
  @Column('json') state: EnvironmentState;
  /** Names of those that deploy there: from their runs, and freezes of them, more is known. */
  @Column('text', { array: true, nullable: true }) workflows: string[] | null;
  @Column('text') updatedBy: string;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
}
