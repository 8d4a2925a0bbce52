import { describe, expect, it } from '@jest/globals';
import { chooseCorrelationId } from './correlation.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4/;

describe('chooseCorrelationId', () => {
  it.each([
    ['a trace', { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` }, TRACE],
    ['a later version of it', { traceparent: `01-${TRACE}-00f067aa0ba902b7-01-more` }, TRACE],
    ['an id', { 'x-correlation-id': 'a.B_c:1-2' }, 'a.B_c:1-2'],
    ['an empty trace', { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` }, UUID],
    ['a broken trace', { traceparent: `00-${TRACE.toUpperCase()}-x` }, UUID],
    ['an id with a line in it', { 'x-correlation-id': 'a\nb' }, UUID],
    ['an empty id', { 'x-correlation-id': '' }, UUID],
    ['nothing', {}, UUID],
  ])('%s', (_, headers, expected) => {
    expect(chooseCorrelationId(headers)).toEqual(
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    );
  });
});
