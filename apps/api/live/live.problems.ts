import type { ProblemCode } from '../http/problem-code.js';

/** With which streams of runs, and tickets for them, are refused. */
export const LIVE_PROBLEMS = {
  'too-many-streams': {
    status: 503,
    title: 'Too many streams are open',
    cause: 'As many event streams are open as this process allows.',
    cure: 'Close some, or ask for the run from time to time.',
  },
  'too-many-caller-streams': {
    status: 429,
    title: 'You have too many streams open',
    cause: 'As many event streams of one caller are open as this process allows.',
    cure: 'Close some, or ask for the run from time to time.',
  },
  'stream-ticket-invalid': {
    status: 401,
    title: 'The ticket is good for nothing',
    cause:
      'The `ticket` of a stream is unknown, was used before, is older than a minute, or is of another run.',
    cure: 'Ask for a new one by `POST /api/v1/runs/{id}/stream-tickets`, and use it once.',
  },
  'upgrade-required': {
    status: 426,
    title: 'Only a WebSocket can be had here',
    cause: 'The request asks for no WebSocket, or for one of another version than 13.',
    cure: 'Open it as a WebSocket, or follow the run by `GET /api/v1/runs/{id}/events`.',
  },
} as const satisfies Record<string, ProblemCode>;
