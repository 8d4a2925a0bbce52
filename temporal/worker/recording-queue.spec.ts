import { describe, expect, it } from '@jest/globals';
import type { AttemptStart, RunRecorder } from '#contracts/ports.js';
import type { FinalRecord, TransitionBatch } from '#contracts/run.js';
import { createRecordingQueue } from './recording-queue.js';

/** A store that can be away, and that notes what it is told. */
function createStore() {
  const told: string[] = [];
  let failure: Error | undefined;
  const tell = (what: string) => async (): Promise<void> => {
    if (failure !== undefined) throw failure;
    told.push(what);
  };
  const recorder: RunRecorder = {
    recordTransitions: (batches) => tell(`transitions ${batches.map(({ run }) => run).join('+')}`)(),
    recordAttemptStarts: (starts) => tell(`started ${namesOf(starts)}`)(),
    recordAttemptEnds: (ends) => tell(`ended ${namesOf(ends)}`)(),
    appendLogs: (chunks) => tell(`log ${namesOf(chunks)}`)(),
    recordResult: ({ run }) => tell(`result ${run}`)(),
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
  it('keeps the order, and writes together what queues up of one kind', async () => {
    const store = createStore();
    const queue = createRecordingQueue(store.recorder, () => undefined);
    queue.recordAttemptStarted(attempt('a'));
    queue.recordTransitions(batch('r1'));
    queue.recordTransitions(batch('r2'));
    queue.recordAttemptStarted(attempt('b'));
    queue.appendLog({ ...attempt('a'), firstLine: 1, lines: [] });
    queue.recordResult({ run: 'r1' } as FinalRecord);
    queue.recordResult({ run: 'r2' } as FinalRecord);
    await queue.settle(5_000);
    expect(store.told).toEqual(['started a+b', 'transitions r1+r2', 'log a', 'result r1', 'result r2']);
  });

  it('leaves out steps that the complete record of their run tells, unless it has forgotten some', async () => {
    const told: TransitionBatch[] = [];
    const store = createStore();
    const recordTransitions = async (batches: readonly TransitionBatch[]) => void told.push(...batches);
    const queue = createRecordingQueue({ ...store.recorder, recordTransitions }, () => undefined);
    const ofRun = { sequence: 1, at: 0, status: 'running' } as const;
    const ofStep = { ...ofRun, sequence: 2, step: 'a' } as const;
    const event = { sequence: 3, at: 0, type: 'run.paused' } as const;
    for (const run of ['r1', 'r2', 'r3'])
      queue.recordTransitions({ run, transitions: [ofRun, ofStep], events: [event] });
    queue.recordResult({ run: 'r1' } as FinalRecord);
    queue.recordResult({ run: 'r2', forgotten: ['a'] } as unknown as FinalRecord);
    await queue.settle(5_000);
    expect(told).toEqual([
      { run: 'r1', transitions: [ofRun], events: [event] },
      { run: 'r2', transitions: [ofRun, ofStep], events: [event] },
      { run: 'r3', transitions: [ofRun, ofStep], events: [event] },
    ]);
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
      ...store.recorder,
      async recordAttemptStarts(starts) {
        if (starts.some(({ step }) => step === 'bad'))
          throw Object.assign(new Error('invalid text'), { code: '22P02' });
        await store.recorder.recordAttemptStarts(starts);
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
