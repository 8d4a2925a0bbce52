import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Run } from './run.entity.js';

/** As `Means` of the API. */
interface TicketMeans {
  readonly kind: 'key' | 'token' | 'issuer' | 'open';
  readonly id: string;
}

/** Opens the stream of a run once. */
@Entity('stream_tickets')
export class StreamTicket {
  /** SHA-256 of the ticket, in hexadecimal. */
  @PrimaryColumn('text') digest: string;
  @Index()
  @Column('uuid')
  runId: string;
  @Column('text', { default: 'default' }) project: string;
  /** To whom it was given, with the roles that he had then. */
  @Column('text') actor: string;
  @Column('json') roles: readonly string[];
  /** By what he got in. */
  @Column('json', { nullable: true }) means: TicketMeans | null;
  @Index()
  @Column('timestamptz')
  expiresAt: Date;

  @ManyToOne(() => Run, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'run_id' })
  run?: Relation<Run>;
}
