import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Erasures } from '#domain/audit/erasure-sums.js';

/** Where the audit log of a project ends, and up to where it was archived. */
@Entity('audit_chains')
export class AuditChain {
  @PrimaryColumn('text') project: string;
  @Column('bigint') sequence: string;
  @Column('bytea') hash: Buffer;
  @Column('timestamptz', { default: () => 'now()' }) sealedAt: Date;
  @Column('bigint', { default: 0 }) archivedSequence: string;
  @Column('bytea', { nullable: true }) archivedHash: Buffer | null;
  @Column('json', { nullable: true }) archivedErasures: Erasures | null;
}
