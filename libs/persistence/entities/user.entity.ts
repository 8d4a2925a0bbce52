import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** A person, known by an OIDC issuer, or by name alone. */
@Entity('users')
@Unique(['name'])
@Unique(['issuer', 'subject'])
export class User {
  @PrimaryColumn('uuid') id: string;
  /** In small letters; what the audit log and approvals say. */
  @Column('text') name: string;
  @Column('text', { nullable: true }) displayName: string | null;
  /** OIDC `iss` and `sub`; null: known by name alone. */
  @Column('text', { nullable: true }) issuer: string | null;
  @Column('text', { nullable: true }) subject: string | null;
  @Column('text') createdBy: string;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  /** From then on nobody gets in as this person. */
  @Column('timestamptz', { nullable: true }) disabledAt: Date | null;
}
