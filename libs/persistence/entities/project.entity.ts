import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What every other thing belongs to. */
@Entity('projects')
export class Project {
  @PrimaryColumn('text') name: string;
  @Column('text', { nullable: true }) description: string | null;
  @Column('text') createdBy: string;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
}
