import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiFixture, createApiFixture, eventually } from './api-fixture.js';
import { endRun, saveSketch, startSketch } from './sketched-workflow.js';

describe('EventRelay', () => {
  let api: ApiFixture;
  let source: string;
  let target: string;

  beforeAll(async () => {
    api = await createApiFixture();
    await saveSketch(api, 'hooked', [
      { id: 's', kind: 'stage', blocks: [[{ id: 'hook', kind: 'waitFor' }]] },
    ]);
  });
  afterAll(() => api?.close());
  beforeEach(async () => {
    api.gateway.failure = undefined;
    api.gateway.answer = () => ({ outcome: 'done', result: { status: 'running' } });
    source = await startSketch(api, 'hooked', [{ status: 'running' }]);
    target = await startSketch(api, 'hooked', [
      { status: 'running' },
      { step: 'hook', status: 'running', waiting: 'event', event: `done-${source}` },
    ]);
  });

  const emit = () =>
    api.recorder.record({
      transitions: [
        {
          run: source,
          transitions: [],
          events: [{ sequence: 7, at: 1, type: 'event.emitted', name: `done-${source}`, data: { n: 1 } }],
        },
      ],
    });
  const told = () => api.gateway.operated.filter(({ run }) => run === target);
  const delivery = async () =>
    (
      await api.database.dataSource.query(
        'SELECT attempts, delivered_at AS at, last_error AS note FROM event_deliveries WHERE target_run = $1',
        [target],
      )
    )[0] as { attempts: number; at: Date | null; note: string | null };
  const closed = () => eventually(delivery, ({ at }) => at !== null);

  it('brings what a run emitted to one that waits for it, by the number of the event', async () => {
    await emit();
    expect(await closed()).toMatchObject({ note: null });
    expect(told()).toEqual([
      {
        run: target,
        id: `${source}/7`,
        operation: {
          type: 'send-event',
          name: `done-${source}`,
          data: { n: 1 },
          by: `run:${source}`,
          roles: [],
        },
      },
    ]);
  });

  it('tries on while Temporal is away', async () => {
    api.gateway.failure = new Error('away');
    await emit();
    await eventually(delivery, ({ note }) => note === 'away');
    api.gateway.failure = undefined;
    await closed();
    expect(new Set(told().map(({ id }) => id))).toEqual(new Set([`${source}/7`]));
  });

  it('gives up, with a note, what is refused and what comes too late', async () => {
    api.gateway.answer = () => ({
      outcome: 'refused',
      refusal: { code: 'run-state', message: 'Too much.', fits: 'x' },
    });
    await emit();
    expect(await closed()).toMatchObject({ note: 'Too much.' });
  });

  it('does not bother a run that has ended meanwhile', async () => {
    api.gateway.failure = new Error('away');
    await emit();
    await eventually(delivery, ({ note }) => note === 'away');
    await endRun(api, target);
    const before = told().length;
    api.gateway.failure = undefined;
    expect(await closed()).toMatchObject({ note: 'the run had ended' });
    expect(told().length).toBe(before);
  });
});
