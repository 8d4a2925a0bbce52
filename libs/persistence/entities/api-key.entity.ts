import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { User } from './user.entity.js';

/** What a program shows to get in. Its secret is not kept, only a hash of it. */
@Entity('api_keys')
@Index(['userId'])
@Index(['createdAt', 'id'])
export class ApiKey {
  /** The part of the key that is no secret. */
  @PrimaryColumn('text') id: string;
  @Column('text') name: string;
  /** SHA-256 of the secret, which is random enough to need no salt. */
  @Column('bytea') hash: Buffer;
  /** The person that it stands for; null: itself. */
  @Column('uuid', { nullable: true }) userId: string | null;
  /** `*`: all, those to come among them. */
  @Column('text', { array: true }) projects: string[];
  /** In each of its projects; none where it stands for a person, whose roles count then. */
  @Column('text', { array: true }) roles: string[];
  /** Whether it may ask in the name of others: the key of this machine. */
  @Column('boolean', { default: false }) speaksForOthers: boolean;
  @Column('text') createdBy: string;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { nullable: true }) expiresAt: Date | null;
  /** Within a minute. */
  @Column('timestamptz', { nullable: true }) lastUsedAt: Date | null;
  @Column('timestamptz', { nullable: true }) revokedAt: Date | null;
  @Column('text', { nullable: true }) revokedBy: string | null;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id' })
  user?: Relation<User>;
}
