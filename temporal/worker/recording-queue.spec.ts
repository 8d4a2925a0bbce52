import { describe, expect, it } from '@jest/globals';
import type { AttemptStart, Records, RunRecorder } from '#contracts/ports.js';
import type { FinalRecord, TransitionBatch } from '#contracts/run.js';
import { createRecordingQueue } from './recording-queue.js';

/** A store that can be away, and that notes what it is told. */
function createStore() {
  const told: string[] = [];
  let failure: Error | undefined;
  const recorder: RunRecorder = {
    async record({ transitions = [], attemptStarts = [], attemptEnds = [], logs = [], results = [] }) {
      if (failure !== undefined) throw failure;
      const lines = {
        transitions: transitions.map(({ run }) => run).join('+'),
        started: namesOf(attemptStarts),
        ended: namesOf(attemptEnds),
        log: namesOf(logs),
        result: results.map(({ run }) => run).join('+'),
      };
      for (const [kind, names] of Object.entries(lines)) if (names !== '') told.push(`${kind} ${names}`);
    },
  };
  const fail = (error: Error | undefined): void => {
    failure = error;
  };
  return { recorder, told, fail };
}

const namesOf = (told: readonly { readonly step: string }[]) => told.map(({ step }) => step).join('+');
const attempt = (step: string) => ({ run: 'r', step, attempt: 1 }) as AttemptStart;
const batch = (run: string): TransitionBatch => ({ run, transitions: [] });

describe('recording queue', () => {
  it('writes together what queues up, results last', async () => {
    const store = createStore();
    const queue = createRecordingQueue(store.recorder, () => undefined);
    queue.recordAttemptStarted(attempt('a'));
    queue.recordTransitions(batch('r1'));
    queue.recordTransitions(batch('r2'));
    queue.recordAttemptStarted(attempt('b'));
    queue.appendLog({ ...attempt('a'), firstLine: 1, lines: [] });
    queue.recordResult({ run: 'r3' } as FinalRecord);
    queue.recordResult({ run: 'r4' } as FinalRecord);
    await queue.settle(5_000);
    expect(store.told).toEqual(['transitions r1+r2', 'started a+b', 'log a', 'result r3+r4']);
  });

  it('leaves out what the complete record of their run tells, unless it has forgotten some', async () => {
    const told: Records[] = [];
    const queue = createRecordingQueue(
      { record: async (records) => void told.push(records) },
      () => undefined,
    );
    const ofRun = { sequence: 1, at: 7, status: 'running' } as const;
    const ofStep = { ...ofRun, sequence: 2, step: 'a' } as const;
    const event = { sequence: 3, at: 8, type: 'run.paused' } as const;
    for (const run of ['r1', 'r2', 'r3'])
      queue.recordTransitions({ run, transitions: [ofRun, ofStep], events: [event] });
    queue.recordTransitions({ run: 'r4', transitions: [ofRun, ofStep] });
    for (const run of ['r1', 'r4']) queue.recordResult({ run } as FinalRecord);
    queue.recordResult({ run: 'r2', forgotten: ['a'] } as unknown as FinalRecord);
    await queue.settle(5_000);
    expect(told).toEqual([
      expect.objectContaining({
        transitions: [
          { run: 'r1', transitions: [], events: [event] },
          { run: 'r2', transitions: [ofRun, ofStep], events: [event] },
          { run: 'r3', transitions: [ofRun, ofStep], events: [event] },
        ],
        results: [
          { run: 'r1', startedAt: 7 },
          { run: 'r4', startedAt: 7 },
          { run: 'r2', forgotten: ['a'] },
        ],
      }),
    ]);
  });

  it('writes more than one transaction should hold in several, results last', async () => {
    const store = createStore();
    const sizes: number[] = [];
    const recorder: RunRecorder = {
      async record(records) {
        sizes.push(Object.values(records).reduce((count, items) => count + items.length, 0));
        await store.recorder.record(records);
      },
    };
    const queue = createRecordingQueue(recorder, () => undefined);
    queue.recordResult({ run: 'r1' } as FinalRecord);
    for (let at = 0; at < 2_500; at++) queue.recordTransitions(batch(`q${at}`));
    await queue.settle(5_000);
    expect(sizes).toEqual([1_000, 1_000, 500, 1]);
    expect(store.told.at(-1)).toBe('result r1');
  });

  it('loses nothing while the store is away', async () => {
    const store = createStore();
    const warnings: string[] = [];
    const queue = createRecordingQueue(store.recorder, (message) => warnings.push(message));
    store.fail(new Error('connection refused'));
    queue.recordTransitions(batch('r1'));
    queue.recordAttemptStarted(attempt('a'));
    await queue.settle(50);
    queue.recordTransitions(batch('r2'));
    expect(store.told).toEqual([]);
    expect(warnings[0]).toContain('connection refused');
    store.fail(undefined);
    await queue.settle(5_000);
    expect(store.told.join()).toContain('r1');
    expect(store.told.join()).toContain('r2');
    expect(store.told).toContain('started a');
  });

  it('drops what the store refuses for good, so that the rest gets through', async () => {
    const store = createStore();
    const warnings: string[] = [];
    const queue = createRecordingQueue(store.recorder, (message) => warnings.push(message));
    store.fail(Object.assign(new Error('invalid text'), { code: '22P02' }));
    queue.recordAttemptStarted(attempt('bad'));
    await queue.settle(1_000);
    store.fail(undefined);
    queue.recordAttemptStarted(attempt('good'));
    await queue.settle(1_000);
    expect(store.told).toEqual(['started good']);
    expect(warnings).toEqual([expect.stringContaining('dropped: invalid text')]);
  });

  it('drops of what is written together only what is refused, and writes on', async () => {
    const store = createStore();
    const warnings: string[] = [];
    const refusing: RunRecorder = {
      async record(records) {
        if (records.attemptStarts?.some(({ step }) => step === 'bad') === true)
          throw Object.assign(new Error('invalid text'), { code: '22P02' });
        await store.recorder.record(records);
      },
    };
    const queue = createRecordingQueue(refusing, (message) => warnings.push(message));
    for (const step of ['a', 'b', 'bad', 'c']) queue.recordAttemptStarted(attempt(step));
    await queue.settle(1_000);
    queue.recordAttemptStarted(attempt('d'));
    await queue.settle(1_000);
    expect(store.told.join('+').replaceAll('started ', '')).toBe('a+b+c+d');
    expect(warnings).toEqual([expect.stringContaining('dropped: invalid text')]);
  });
});
