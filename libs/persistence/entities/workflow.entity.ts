import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

@Entity('workflows')
@Unique(['project', 'name'])
export class Workflow {
  @PrimaryColumn('uuid') id: string;
  @Column('text', { default: 'default' }) project: string;
  @Column('text') name: string;
  @Column('text', { nullable: true }) description: string | null;
  @Column('integer') latestVersion: number;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
}
