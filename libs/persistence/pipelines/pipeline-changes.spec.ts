import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { PostgresPipelineChanges } from './pipeline-changes.js';

describe('waiting for changes of an execution', () => {
  it('a thousand times leaves nothing at the signal, and ends when that is aborted', async () => {
    // Nobody listens there: what is followed is waited for all the same.
    const changes = new PostgresPipelineChanges('postgres://127.0.0.1:1/none');
    const watch = changes.follow('e-1');
    const { signal } = new AbortController();
    for (let round = 0; round < 1_000; round += 1) await watch.next(0, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);

    const stopped = new AbortController();
    const waiting = watch.next(3_600_000, stopped.signal);
    expect(getEventListeners(stopped.signal, 'abort')).toHaveLength(1);
    stopped.abort();
    await waiting;
    watch.close();
    await changes.close();
  });
});
