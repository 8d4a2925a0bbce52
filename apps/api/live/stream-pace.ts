/** How patient a stream is; milliseconds. */
export interface StreamPace {
  /** Who takes less than one batch in this time is dropped. */
  readonly stallMs: number;
  /** Between two signs of life; who does not answer one of a WebSocket before the next is gone. */
  readonly heartbeatMs: number;
  /** For the last words to arrive. */
  readonly closeMs: number;
}

export const STREAM_PACE: StreamPace = { stallMs: 30_000, heartbeatMs: 15_000, closeMs: 2_000 };
