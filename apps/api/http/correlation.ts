import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

export const CORRELATION_HEADER = 'x-correlation-id';

/** https://www.w3.org/TR/trace-context/#traceparent-header; the trace id is what links requests. */
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;
const CORRELATION_ID = /^[A-Za-z0-9._:-]{1,128}$/;

const ids = new WeakMap<IncomingMessage, string>();

/** The caller's id where it is well formed, else a new one; the same for the whole request. */
export function correlationIdOf(request: { readonly raw: IncomingMessage }): string {
  const known = ids.get(request.raw);
  if (known !== undefined) return known;
  const id = chooseCorrelationId(request.raw.headers);
  ids.set(request.raw, id);
  return id;
}

export function chooseCorrelationId(headers: IncomingHttpHeaders): string {
  const { traceparent } = headers;
  const trace = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined;
  if (trace !== undefined && !/^0+$/.test(trace)) return trace;
  const given = headers[CORRELATION_HEADER];
  return typeof given === 'string' && CORRELATION_ID.test(given) ? given : randomUUID();
}
