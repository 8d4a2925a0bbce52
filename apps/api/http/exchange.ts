import type { IncomingMessage, ServerResponse } from 'node:http';

/** What we use of Fastify's request. */
export interface ApiRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly raw: IncomingMessage;
  /** Whence it came: of the last proxy that is not trusted. */
  readonly ip: string;
  /** `url`: the pattern of the route; undefined where there is none. */
  readonly routeOptions: {
    readonly url?: string | undefined;
    readonly config?: unknown;
  };
}

/** What we use of Fastify's reply. */
export interface ApiReply {
  readonly raw: ServerResponse;
  readonly sent: boolean;
  readonly statusCode: number;
  /** Milliseconds since the request came. */
  readonly elapsedTime: number;
  code(status: number): ApiReply;
  header(name: string, value: string): ApiReply;
  send(body: unknown): ApiReply;
  /** From now on the answer is written to `raw`. */
  hijack(): ApiReply;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';
