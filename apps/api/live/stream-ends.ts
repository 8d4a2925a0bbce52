import { isSluiceError } from '#domain/errors.js';
import { isDatabaseAway } from '#persistence/database-away.js';

interface StreamEnd {
  /** Of a WebSocket (RFC 6455, 7.4, and IANA's registry); 4000 and above are ours. */
  readonly code: number;
  readonly text: string;
}

/** Why the server ends a stream; docs/live.md holds the same set. */
export const STREAM_ENDS = {
  'run-ended': { code: 1000, text: 'The run has ended, and all of it was told.' },
  'server-stopping': { code: 1001, text: 'This process stops; come back with the last event id.' },
  'message-unexpected': { code: 1008, text: 'The stream takes no messages.' },
  'stream-failed': { code: 1011, text: 'The stream failed; come back with the last event id.' },
  'reader-slow': { code: 1013, text: 'You take too little; come back with the last event id.' },
  'database-unavailable': { code: 1013, text: 'The database does not answer; come back later.' },
  'stream-too-old': { code: 4401, text: 'It is an hour old; come back, with proof of who you are.' },
  'access-ended': { code: 4403, text: 'Your access has ended.' },
  'run-not-found': { code: 4404, text: 'The run is there no more.' },
} as const satisfies Readonly<Record<string, StreamEnd>>;

export type StreamEndName = keyof typeof STREAM_ENDS;

export function nameStreamEnd(error: unknown): StreamEndName {
  if (error instanceof ReaderSlowError) return 'reader-slow';
  if (isSluiceError(error) && error.code === 'run-not-found') return 'run-not-found';
  return isDatabaseAway(error) ? 'database-unavailable' : 'stream-failed';
}

/** Thrown where a reader takes nothing for too long. */
export class ReaderSlowError extends Error {}
