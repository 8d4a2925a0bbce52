import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** A template that somebody saved; those that come with the program are files. */
@Entity('templates')
@Unique(['project', 'name'])
export class SavedTemplate {
  @PrimaryColumn('uuid') id: string;
  @Column('text', { default: 'default' }) project: string;
  @Column('text') name: string;
  @Column('text', { nullable: true }) description: string | null;
  @Column('json') tags: string[];
  /** As sent. */
  @Column('text') source: string;
  @Column('text') createdBy: string;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
}
