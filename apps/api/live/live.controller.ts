import { Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Identity, RequestIdentity } from '../auth/identity.js';
import { Permit } from '../auth/permit.js';
import { StreamTickets } from '../auth/stream-tickets.js';
import { CORRELATION_HEADER, correlationIdOf } from '../http/correlation.js';
import type { ApiReply, ApiRequest } from '../http/exchange.js';
import { ApiProblems } from '../http/problem.resource.js';
import { openSocket, requireHandshake } from '../http/websocket-upgrade.js';
import { FindRun } from '../runs/find-run.js';
import { writeEventStream } from './event-stream.js';
import { LiveQuery } from './live.query.js';
import { StreamTicketResource } from './live.resource.js';
import { ServeStream } from './serve-stream.js';
import { writeSocketStream } from './socket-stream.js';

@ApiTags('runs')
@Controller()
export class LiveController {
  constructor(
    @Inject(FindRun) private readonly findRun: FindRun,
    @Inject(ServeStream) private readonly serveStream: ServeStream,
    @Inject(StreamTickets) private readonly tickets: StreamTickets,
  ) {}

  @Permit('runs:read')
  @Get('api/v1/runs/:id/events')
  @ApiOperation({
    summary: 'Follow it by Server-Sent Events',
    description:
      'Events `run`, `step`, `log` and at last `end`; `dropped` where the stream ends before. Taken up again after Last-Event-ID.',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false })
  @ApiProduces('text/event-stream')
  @ApiResponse({ status: 200, description: 'A stream of events.' })
  @ApiProblems(
    'run-not-found',
    'id-invalid',
    'request-invalid',
    'stream-ticket-invalid',
    'too-many-streams',
    'too-many-caller-streams',
  )
  async events(
    @Param('id') runId: string,
    @Query() query: LiveQuery,
    @Req() request: ApiRequest,
    @Res() reply: ApiReply,
    @RequestIdentity() caller: Identity,
  ): Promise<void> {
    const header = request.headers['last-event-id'];
    const lastEventId = typeof header === 'string' ? header : query.lastEventId;
    const asked = { kind: 'server-sent events', runId, lastEventId, caller };
    await this.serveStream.serve(asked, (events, stream) => {
      reply.hijack();
      const headers = { [CORRELATION_HEADER]: correlationIdOf(request) };
      return writeEventStream(reply.raw, events, stream, { headers });
    });
  }

  @Permit('runs:read')
  @Get('ws/workflow/:runId')
  @ApiOperation({
    summary: 'Follow it by a WebSocket',
    description:
      'The same events, each a text message `{"id", "event", "data"}`. The reason of its end comes with it.',
  })
  @ApiResponse({ status: 101, description: 'A WebSocket that takes no messages.' })
  @ApiProblems(
    'run-not-found',
    'id-invalid',
    'request-invalid',
    'request-malformed',
    'upgrade-required',
    'stream-ticket-invalid',
    'too-many-streams',
    'too-many-caller-streams',
  )
  async socket(
    @Param('runId') runId: string,
    @Query() { lastEventId }: LiveQuery,
    @Req() request: ApiRequest,
    @Res() reply: ApiReply,
    @RequestIdentity() caller: Identity,
  ): Promise<void> {
    requireHandshake(request, reply);
    await this.serveStream.serve(
      { kind: 'websocket', runId, lastEventId, caller },
      async (events, stream) => {
        reply.hijack();
        const socket = openSocket(request, reply);
        if (socket !== undefined) await writeSocketStream(socket, events, stream);
      },
    );
  }

  @Permit('runs:read')
  @Post('api/v1/runs/:id/stream-tickets')
  @HttpCode(201)
  @ApiOperation({
    summary: 'Make a ticket that opens its stream once',
    description: 'For pages: browsers send no headers with an EventSource or a WebSocket.',
  })
  @ApiResponse({ status: 201, type: StreamTicketResource })
  @ApiProblems('run-not-found', 'id-invalid')
  async ticket(@Param('id') id: string, @RequestIdentity() caller: Identity): Promise<StreamTicketResource> {
    const run = await this.findRun.require(caller.project, id);
    return this.tickets.issue(run.id, caller);
  }
}
