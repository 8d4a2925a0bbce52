import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Amounts } from '#domain/plan/plan.js';

/** What steps may take amounts of. */
@Entity('resource_pools')
export class ResourcePool {
  @PrimaryColumn('text', { default: 'default' }) project: string;
  @PrimaryColumn('text') name: string;
  /** What it does not name is not limited. */
  @Column('json') capacity: Amounts;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
  @Column('text') updatedBy: string;
}
