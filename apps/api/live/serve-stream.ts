import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { RunRow } from '#persistence/repositories/run-repository.js';
import type { Identity } from '../auth/identity.js';
import { FindRun } from '../runs/find-run.js';
import { LOGGER } from '../tokens.js';
import { FollowRun } from './follow-run.js';
import type { LiveEvent } from './live-event.js';
import { type LiveStream, LiveStreams } from './live-streams.js';

export interface StreamRequest {
  /** `websocket` or `server-sent events`, for the log. */
  readonly kind: string;
  readonly runId: string;
  readonly lastEventId: string | undefined;
  readonly caller: Identity;
}

/** Says how the events are written, once it is certain that they may be. */
type Write = (events: AsyncIterable<readonly LiveEvent[]>, stream: LiveStream) => Promise<void>;

/** One stream from its permission to its end, whichever way its events are written. */
@Injectable()
export class ServeStream {
  constructor(
    @Inject(FindRun) private readonly findRun: FindRun,
    @Inject(FollowRun) private readonly followRun: FollowRun,
    @Inject(LiveStreams) private readonly streams: LiveStreams,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Throws SluiceError `too-many-streams`, `too-many-caller-streams`, `id-invalid`, `run-not-found` before it writes. */
  async serve(request: StreamRequest, write: Write): Promise<void> {
    const { caller, runId, lastEventId } = request;
    // Counted before anything is looked up: those who are too many shall cost little.
    await this.streams.serve(caller, async (stream) => {
      const run: RunRow = await this.findRun.require(caller.project, runId);
      const began = performance.now();
      const events = this.followRun.follow(run, lastEventId, stream.signal);
      // What has begun can only be ended: the writer has told the reader why.
      const failure: unknown = await write(events, stream).then(
        () => undefined,
        (error: unknown) => error,
      );
      this.tell(request, stream, { ms: Math.round(performance.now() - began), failure });
    });
  }

  private tell(
    { kind, runId, caller }: StreamRequest,
    stream: LiveStream,
    { ms, failure }: { readonly ms: number; readonly failure: unknown },
  ): void {
    const { actor, correlationId } = caller;
    const line = { kind, runId, actor, correlationId, ms, end: stream.endedBy };
    if (stream.endedBy === 'stream-failed') this.logger.error({ ...line, err: failure }, 'stream');
    else this.logger.info(line, 'stream');
  }
}
