import type { TraceContext } from '#contracts/trace-context.js';

type Attributes = Readonly<Record<string, string | number | boolean>>;

/** What a span does for the others of its trace: answers somebody, hands work on, does it. */
type SpanRole = 'server' | 'producer' | 'consumer' | 'internal';

interface SpanDescription {
  /** One of few: no ids. */
  readonly name: string;
  readonly role: SpanRole;
  readonly parent?: TraceContext | undefined;
  readonly attributes?: Attributes;
}

interface SpanEnding {
  /** Why it failed, as a code; absent where it did not. */
  readonly failure?: string | undefined;
  /** Better known now than at its beginning. */
  readonly name?: string | undefined;
  readonly attributes?: Attributes;
}

export interface OpenSpan {
  /** Undefined where nothing is traced. */
  readonly context: TraceContext | undefined;
  end(ending?: SpanEnding): void;
}

/** A span that is over; its place in the trace was known before it was. */
interface PastSpan extends Omit<SpanDescription, 'name'>, SpanEnding {
  readonly name: string;
  readonly context: TraceContext;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Where spans go. Never throws, and nobody waits for it but `close`. */
export interface Tracing {
  begin(span: SpanDescription): OpenSpan;
  add(span: PastSpan): void;
  /** Sends what is left. */
  close(): Promise<void>;
}

const NO_SPAN: OpenSpan = { context: undefined, end: () => undefined };

/** Where nobody collects spans. */
export const NO_TRACING: Tracing = {
  begin: () => NO_SPAN,
  add: () => undefined,
  close: async () => undefined,
};

export interface TracingOptions {
  /** Name of the service that the spans are of. */
  readonly service: string;
  /** What OTEL_EXPORTER_OTLP_ENDPOINT names; undefined: nothing is traced, and nothing of OpenTelemetry loaded. */
  readonly endpoint: string | undefined;
  readonly warn: (message: string) => void;
}

/** Reads all other settings of OpenTelemetry from the environment by its own standard. */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  if (options.endpoint === undefined) return NO_TRACING;
  const { createOpenTelemetry } = await import('./open-telemetry.js');
  return createOpenTelemetry(options);
}
