import type { IncomingMessage } from 'node:http';
import type { OpenSpan, Tracing } from '../../../libs/telemetry/tracing.js';
import { correlationIdOf } from '../http/correlation.js';
import { type RequestObserver, routeOf } from '../http/request-observer.js';
import { incomingTrace, noteSpan } from '../http/trace.js';

/** Makes a span of each request, below the caller's. What people and scrapers ask for all day is left out. */
export function traceRequests(tracing: Tracing): RequestObserver {
  const open = new WeakMap<IncomingMessage, OpenSpan>();
  return {
    begun(request) {
      const route = routeOf(request);
      if (/^\/(health|metrics)(\/|$)/.test(route)) return;
      const span = tracing.begin({
        name: `${request.method} ${route}`,
        role: 'server',
        parent: incomingTrace(request),
        attributes: {
          'http.request.method': request.method,
          'http.route': route,
          'sluice.correlation.id': correlationIdOf(request),
        },
      });
      open.set(request.raw, span);
      if (span.context !== undefined) noteSpan(request, span.context);
    },
    answered(request, { statusCode }) {
      open.get(request.raw)?.end({
        attributes: { 'http.response.status_code': statusCode },
        failure: statusCode >= 500 ? String(statusCode) : undefined,
      });
    },
  };
}
