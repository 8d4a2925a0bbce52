import { Module } from '@nestjs/common';
import { StreamTickets } from '../auth/stream-tickets.js';
import { RunsModule } from '../runs/runs.module.js';
import { FollowRun } from './follow-run.js';
import { LiveController } from './live.controller.js';
import { LiveStreams } from './live-streams.js';
import { ReadNews } from './read-news.js';
import { RecheckStreams } from './recheck-streams.js';
import { RunFeed } from './run-feed.js';
import { RunReadings } from './run-readings.js';
import { ServeStream } from './serve-stream.js';
import { StreamFigures } from './stream-figures.js';

@Module({
  imports: [RunsModule],
  controllers: [LiveController],
  providers: [
    FollowRun,
    LiveStreams,
    ReadNews,
    RecheckStreams,
    RunFeed,
    RunReadings,
    ServeStream,
    StreamFigures,
    StreamTickets,
  ],
})
export class LiveModule {}
