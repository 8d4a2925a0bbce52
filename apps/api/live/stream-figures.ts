import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '../observability/metrics.js';
import { LiveStreams } from './live-streams.js';

/** Shows how many streams are open. */
@Injectable()
export class StreamFigures {
  constructor(@Inject(LiveStreams) streams: LiveStreams, @Inject(Metrics) metrics: Metrics) {
    metrics.watchStreams(() => streams.open);
  }
}
