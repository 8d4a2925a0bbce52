import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { DataSource } from 'typeorm';
import type { StreamTicketView } from '#contracts/rest/runs.js';
import { StreamTicketRepository } from '#persistence/repositories/stream-ticket-repository.js';
import { correlationIdOf } from '../http/correlation.js';
import type { ApiRequest } from '../http/exchange.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import type { Identity } from './identity.js';

/** Long enough to open a connection with it. */
const VALID_MS = 60_000;
const TICKET_BYTES = 32;
const TICKET = /^[A-Za-z0-9_-]{43}$/;
/** Routes that take one, each with the name of its parameter that names the run. */
const STREAM_ROUTES: ReadonlyMap<string | undefined, string> = new Map([
  ['/ws/workflow/:runId', 'runId'],
  ['/api/v1/runs/:id/events', 'id'],
]);

/** Whoever was given a ticket, and by what he got in then. */
type TicketHolder = Pick<Identity, 'actor' | 'project' | 'roles' | 'means' | 'correlationId'>;

/** As Fastify has taken it apart; nothing of it is checked yet. */
interface StreamRequest extends Pick<ApiRequest, 'raw' | 'routeOptions'> {
  readonly query?: unknown;
  readonly params?: unknown;
}

/**
 * Tickets by which a page opens the stream of one run, once, within a minute: browsers send no headers of ours with a
 * WebSocket or an EventSource, and a key in an address would stay in logs. What is stored does not give the ticket away.
 */
@Injectable()
export class StreamTickets {
  private readonly tickets: StreamTicketRepository;

  constructor(@Inject(DATA_SOURCE) dataSource: DataSource) {
    this.tickets = new StreamTicketRepository(dataSource.manager);
  }

  /** For a run that the caller may see. */
  async issue(runId: string, { actor, project, roles, means }: Identity): Promise<StreamTicketView> {
    const ticket = randomBytes(TICKET_BYTES).toString('base64url');
    const expiresAt = await this.tickets.add({
      digest: digestOf(ticket),
      runId,
      actor,
      project,
      roles,
      means,
      validMs: VALID_MS,
    });
    return { ticket, expiresAt: expiresAt.toISOString() };
  }

  /**
   * Who was given the ticket of this request, which is used up by it; undefined where there is none, or the route takes
   * none. Throws SluiceError `stream-ticket-invalid`.
   */
  async redeem(request: StreamRequest): Promise<TicketHolder | undefined> {
    const parameter = STREAM_ROUTES.get(request.routeOptions.url);
    const ticket = readProperty(request.query, 'ticket');
    if (parameter === undefined || ticket === undefined) return undefined;
    const run = readProperty(request.params, parameter);
    const holder =
      typeof ticket === 'string' && TICKET.test(ticket) && isUUID(run)
        ? await this.tickets.take(digestOf(ticket), run as string)
        : undefined;
    if (holder === undefined) {
      throw problemError('stream-ticket-invalid', 'The ticket is unknown, used, too old, or of another run.');
    }
    return { ...holder, correlationId: correlationIdOf(request) };
  }
}

function readProperty(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null && Object.hasOwn(object, name)
    ? (object as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function digestOf(ticket: string): string {
  return createHash('sha256').update(ticket).digest('hex');
}
