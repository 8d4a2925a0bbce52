import type { EntityManager } from 'typeorm';
import type { StreamTicket } from '../entities/stream-ticket.entity.js';

/** To whom a ticket was given. */
type TicketHolder = Pick<StreamTicket, 'actor' | 'project' | 'roles'> & {
  readonly means: NonNullable<StreamTicket['means']>;
};

interface NewStreamTicket extends TicketHolder {
  /** Of the ticket, which is not stored. */
  readonly digest: string;
  readonly runId: string;
  readonly validMs: number;
}

/** Old ones that go whenever a new one comes: more than come. */
const SWEPT_AT_ONCE = 100;

export class StreamTicketRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Answers with the moment after which it is good for nothing, by the clock of the database. */
  async add({ digest, runId, actor, project, roles, means, validMs }: NewStreamTicket): Promise<Date> {
    const [{ expiresAt }] = await this.manager.query(
      `WITH old AS (
         SELECT digest FROM stream_tickets WHERE expires_at < now()
         ORDER BY expires_at LIMIT ${SWEPT_AT_ONCE} FOR UPDATE SKIP LOCKED
       ), swept AS (DELETE FROM stream_tickets t USING old WHERE t.digest = old.digest)
       INSERT INTO stream_tickets (digest, run_id, actor, project, roles, means, expires_at)
       VALUES ($1, $2, $3, $4, $5::json, $6::json, now() + $7 * interval '1 millisecond')
       RETURNING expires_at AS "expiresAt"`,
      [digest, runId, actor, project, JSON.stringify(roles), JSON.stringify(means), validMs],
    );
    return expiresAt;
  }

  /** Uses it up. Undefined where there is none of this run that is still good. */
  async take(digest: string, runId: string): Promise<TicketHolder | undefined> {
    const [rows] = await this.manager.query(
      `DELETE FROM stream_tickets WHERE digest = $1 AND run_id = $2 AND expires_at >= now() AND means IS NOT NULL
       RETURNING actor, project, roles, means`,
      [digest, runId],
    );
    return rows[0];
  }
}
