import {
  type Context,
  diag,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  type IdGenerator,
  NodeTracerProvider,
  RandomIdGenerator,
} from '@opentelemetry/sdk-trace-node';
import type { TraceContext } from '#contracts/trace-context.js';
import type { OpenSpan, Tracing, TracingOptions } from './tracing.js';

/** A failing collector fails with every batch: said at most so often. */
const WARN_EVERY_MS = 60_000;

const KINDS = {
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;

/** Spans by OTLP over HTTP to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names. */
export function createOpenTelemetry({ service, warn }: TracingOptions): Tracing {
  const report = reportTo(warn);
  const ids = new KnownIds();
  const provider = new NodeTracerProvider({
    idGenerator: ids,
    // The environment, which has OTEL_SERVICE_NAME, goes over our name.
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': service }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer = provider.getTracer('sluice');
  return {
    begin: ({ name, role, parent, attributes = {} }) =>
      openSpan(tracer.startSpan(name, { kind: KINDS[role], attributes }, contextOf(parent))),
    add({ name, role, parent, attributes = {}, context, startedAt, endedAt, failure }) {
      // Without a parent the trace's id would be drawn: only the span's own is given.
      const span = ids.with(context, () =>
        tracer.startSpan(
          name,
          { kind: KINDS[role], attributes, startTime: new Date(startedAt) },
          contextOf(parent),
        ),
      );
      if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
      span.end(new Date(endedAt));
    },
    close: () => provider.shutdown().catch((error: unknown) => report(String(error))),
  };
}

function openSpan(span: Span): OpenSpan {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    context: { traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 },
    end({ failure, name, attributes = {} } = {}) {
      if (name !== undefined) span.updateName(name);
      span.setAttributes({ ...attributes });
      if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
      span.end();
    },
  };
}

function contextOf(parent: TraceContext | undefined): Context {
  if (parent === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, sampled } = parent;
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

/** Random ids, except for a span whose ids were known before it. */
class KnownIds implements IdGenerator {
  private readonly random = new RandomIdGenerator();
  private known: TraceContext | undefined;

  readonly generateTraceId = (): string => this.known?.traceId ?? this.random.generateTraceId();
  readonly generateSpanId = (): string => this.known?.spanId ?? this.random.generateSpanId();

  /** `start` asks for ids before it returns. */
  with<T>(known: TraceContext, start: () => T): T {
    this.known = known;
    try {
      return start();
    } finally {
      this.known = undefined;
    }
  }
}

function reportTo(warn: (message: string) => void): (message: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  const report = (message: string): void => {
    if (performance.now() - last < WARN_EVERY_MS) return;
    last = performance.now();
    warn(`spans cannot be sent: ${message.slice(0, 500)}`);
  };
  const silent = () => undefined;
  diag.setLogger({ error: report, warn: report, info: silent, debug: silent, verbose: silent });
  return report;
}
