import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { User } from './user.entity.js';

/** What a person is in a project. */
@Entity('members')
@Index(['userId'])
export class Member {
  /** `*`: all projects. */
  @PrimaryColumn('text') project: string;
  @PrimaryColumn('uuid') userId: string;
  @Column('text', { array: true }) roles: string[];
  @Column('text') updatedBy: string;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id' })
  user?: Relation<User>;
}
