import type { IncomingMessage } from 'node:http';
import { formatTraceparent, parseTraceparent, type TraceContext } from '#contracts/trace-context.js';
import type { ApiRequest } from './exchange.js';

const spans = new WeakMap<IncomingMessage, TraceContext>();

/** The span that this request is. */
export function noteSpan(request: Pick<ApiRequest, 'raw'>, span: TraceContext): void {
  spans.set(request.raw, span);
}

/** Parent of what the request begins: its own span, or the caller's where requests are not traced here. */
export function traceparentOf(request: Pick<ApiRequest, 'raw'>): string | undefined {
  const context = spans.get(request.raw) ?? incomingTrace(request);
  return context === undefined ? undefined : formatTraceparent(context);
}

export function incomingTrace({ raw }: Pick<ApiRequest, 'raw'>): TraceContext | undefined {
  const { traceparent } = raw.headers;
  return typeof traceparent === 'string' ? parseTraceparent(traceparent) : undefined;
}
