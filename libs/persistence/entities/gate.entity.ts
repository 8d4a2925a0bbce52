import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What a change is judged by; what it asks for stands in its versions. */
@Entity('gates')
@Index(['project', 'name'], { unique: true, where: 'deleted_at IS NULL' })
@Index(['project', 'createdAt', 'id'])
export class StoredGate {
  @PrimaryColumn('uuid') id: string;
  @Column('text', { default: 'default' }) project: string;
  /** Unique among those that are not deleted. */
  @Column('text') name: string;
  @Column('integer') latestVersion: number;
  @Column('text') createdBy: string;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
  /** Of one that was deleted: it keeps its versions and results. */
  @Column('timestamptz', { nullable: true }) deletedAt: Date | null;
}
