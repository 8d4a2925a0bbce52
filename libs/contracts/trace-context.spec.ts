import { describe, expect, it } from '@jest/globals';
import { formatTraceparent, originOfChild, parseTraceparent, traceOfRun } from './trace-context.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const RUN = '019a9f3e-7a2b-7c4d-8e5f-0123456789ab';

describe('parseTraceparent', () => {
  it.each([
    [`00-${TRACE}-${SPAN}-01`, true],
    [`00-${TRACE}-${SPAN}-00`, false],
    [`00-${TRACE}-${SPAN}-03`, true],
    [`01-${TRACE}-${SPAN}-01-what-comes-later`, true],
  ])('reads %s', (text, sampled) => {
    expect(parseTraceparent(text)).toEqual({ traceId: TRACE, spanId: SPAN, sampled });
  });

  it.each([
    undefined,
    null,
    '',
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01\r\nx: y`,
    `01-${TRACE}-${SPAN}-01-${'x'.repeat(5_000)}`,
  ])('refuses %j', (text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  });
});

describe('the span of a run', () => {
  it('is in the trace that the run comes from, and the same for everybody', () => {
    const origin = { traceparent: `00-${TRACE}-${SPAN}-01` };
    const span = { traceId: TRACE, spanId: '8e5f0123456789ab', sampled: true };
    expect(traceOfRun(RUN, origin)).toEqual(span);
    expect(parseTraceparent(formatTraceparent(span))).toEqual(span);
  });

  it('begins a trace where nothing came before it', () => {
    expect(traceOfRun(RUN)).toEqual({
      traceId: '019a9f3e7a2b7c4d8e5f0123456789ab',
      spanId: '8e5f0123456789ab',
      sampled: true,
    });
  });

  it('stays unrecorded where the request was', () => {
    expect(traceOfRun(RUN, { traceparent: `00-${TRACE}-${SPAN}-00` }).sampled).toBe(false);
  });

  it('is the parent of runs that its steps start, which keep the correlation id', () => {
    const origin = { correlationId: 'c-1', traceparent: `00-${TRACE}-${SPAN}-01` };
    expect(originOfChild(RUN, origin)).toEqual({
      correlationId: 'c-1',
      traceparent: `00-${TRACE}-8e5f0123456789ab-01`,
    });
  });
});
