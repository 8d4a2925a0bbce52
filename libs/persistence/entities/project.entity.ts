import { Column, Entity, PrimaryColumn } from 'typeorm';

export interface ProjectSettings {
  /** Longest life of an API key, as a duration. */
  readonly keyLifetime?: string;
}

/** What every other thing belongs to. */
@Entity('projects')
export class Project {
  @PrimaryColumn('text') name: string;
  @Column('text', { nullable: true }) description: string | null;
  /** By their names in the REST interface; what is not named is not set. */
  @Column('json', { default: () => "'{}'" }) settings: ProjectSettings;
  @Column('text') createdBy: string;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
}
