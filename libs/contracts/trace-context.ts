/** One span, as others name it: the parent of what comes after it. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly sampled: boolean;
}

/** Where a run comes from, for those who look for it: in log lines, and in the trace of the request that started it. */
export interface RunOrigin {
  readonly correlationId?: string;
  /** The span above the run's, as the header has it. */
  readonly traceparent?: string;
}

/** https://www.w3.org/TR/trace-context/#traceparent-header; later versions may add to its end. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.{0,200})?$/;
const SAMPLED = 1;

/** Undefined for a text that is no well-formed header. */
export function parseTraceparent(text: string | null | undefined): TraceContext | undefined {
  const [, version, traceId = '', spanId = '', flags = '', more] = TRACEPARENT.exec(text ?? '') ?? [];
  if (version === undefined || (version === '00' && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}

export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/**
 * The span of a run. It is written once the run is over, by whichever worker sees its end; its steps name it as their
 * parent long before. So its id follows from the run's, and so does the trace of a run that no request began.
 */
export function traceOfRun(runId: string, { traceparent }: RunOrigin = {}): TraceContext {
  const digits = runId.replaceAll('-', '');
  const above = parseTraceparent(traceparent);
  return {
    traceId: above?.traceId ?? digits,
    // The half of a UUID that begins with its variant: random, and never zero.
    spanId: digits.slice(16),
    sampled: above?.sampled ?? true,
  };
}

/** Of a run that a step of this run starts. */
export function originOfChild(runId: string, origin: RunOrigin | undefined): RunOrigin {
  return {
    ...(origin?.correlationId === undefined ? {} : { correlationId: origin.correlationId }),
    traceparent: formatTraceparent(traceOfRun(runId, origin)),
  };
}
