import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

@Entity('workflows')
@Unique(['project', 'name'])
@Index(['project', 'createdAt', 'id'])
@Index(['project', 'updatedAt', 'id'])
export class Workflow {
  @PrimaryColumn('uuid') id: string;
  @Column('text', { default: 'default' }) project: string;
  @Column('text') name: string;
  @Column('text', { nullable: true }) description: string | null;
  @Column('integer') latestVersion: number;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
  /** Of one that was deleted: it keeps its versions and runs, and its name is free. */
  @Column('timestamptz', { nullable: true }) deletedAt: Date | null;
  /** The name that it had before it was deleted, when another took the place of `name`. */
  @Column('text', { nullable: true }) formerName: string | null;
}
