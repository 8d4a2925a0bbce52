import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A time in which no run of certain workflows begins. */
@Entity('freezes')
@Index(['project', 'endsAt'])
@Index(['project', 'startsAt'])
@Index(['project', 'id'])
export class Freeze {
  /** Version 7: sorts by time. */
  @PrimaryColumn('uuid') id: string;
  @Column('text', { default: 'default' }) project: string;
  @Column('text') name: string;
  @Column('timestamptz') startsAt: Date;
  @Column('timestamptz') endsAt: Date;
  @Column('text', { nullable: true }) reason: string | null;
  /** Names; null: all. */
  @Column('text', { array: true, nullable: true }) workflows: string[] | null;
  @Column('text') createdBy: string;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
}
