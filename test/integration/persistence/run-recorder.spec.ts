import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FinalRecord } from '#contracts/run.js';
import type { Transition } from '#domain/execution/command.js';
import type { StepState } from '#domain/execution/state.js';
import { LogRepository } from '#persistence/repositories/log-repository.js';
import { RunRepository } from '#persistence/repositories/run-repository.js';
import { StepRepository } from '#persistence/repositories/step-repository.js';
import { PostgresRunRecorder } from '#persistence/run-recorder.js';
import { createTestDatabase, type TestDatabase } from '../../postgres.js';
import { insertRun } from './run-fixture.js';

const T0 = 1_790_000_000_000;
const HOSTILE = {
  __proto__: null,
  constructor: 'x',
  text: 'nul \u0000, lone \ud800, quote \' " \\ {a,b}',
  z: 1,
  a: 2,
};

describe('PostgresRunRecorder', () => {
  let database: TestDatabase;
  let recorder: PostgresRunRecorder;
  let run: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    recorder = new PostgresRunRecorder(database.dataSource);
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    run = await insertRun(database.dataSource, 2);
  });

  const steps = () => new StepRepository(database.dataSource.manager);
  const findRun = async () => (await new RunRepository(database.dataSource.manager).find('default', run))!;
  const readLog = (filter = {}) =>
    new LogRepository(database.dataSource.manager).read({ runId: run, limit: 1_000, ...filter });
  const stepStates = async () =>
    (await database.dataSource.query(
      `SELECT key, status, started_at, ended_at, output, error, skipped, sequence FROM run_steps
       WHERE run_id = $1 ORDER BY key`,
      [run],
    )) as { key: string; status: string; sequence: number; output: unknown; started_at: Date | null }[];
  const attempts = async () =>
    (await steps().listAttempts(run)).map(({ attempt, status, worker }) => ({ attempt, status, worker }));

  const TRANSITIONS: readonly Transition[] = [
    { sequence: 1, at: T0, status: 'running' },
    { sequence: 2, at: T0 + 1, step: 'build', status: 'running' },
    { sequence: 3, at: T0 + 2, step: 'build', status: 'succeeded', output: HOSTILE },
    { sequence: 4, at: T0 + 3, step: 'each[0]', status: 'running' },
    {
      sequence: 5,
      at: T0 + 4,
      step: 'each[0]',
      status: 'failed',
      error: { class: 'test', code: 'x', message: 'no' },
    },
    { sequence: 6, at: T0 + 5, step: 'deploy', status: 'skipped', skipped: 'upstream-failed' },
  ];

  describe('transitions', () => {
    it('shows the last transition of each step, and progress', async () => {
      await recorder.record({ transitions: [{ run, transitions: TRANSITIONS }] });
      expect(await stepStates()).toMatchObject([
        { key: 'build', status: 'succeeded', sequence: 3, started_at: new Date(T0 + 1) },
        { key: 'deploy', status: 'skipped', skipped: 'upstream-failed', started_at: null },
        { key: 'each[0]', status: 'failed', error: { code: 'x' } },
      ]);
      expect(JSON.stringify((await stepStates())[0]?.output)).toBe(JSON.stringify(HOSTILE));
      expect(await findRun()).toMatchObject({
        status: 'running',
        startedAt: new Date(T0),
        settled: 3,
        total: 3,
      });
    });

    it('leads to the same rows in any order, in any pieces, with repetitions', async () => {
      const strip = async () =>
        (await stepStates()).map(({ key, status, sequence }) => ({ key, status, sequence }));
      await recorder.record({ transitions: [{ run, transitions: TRANSITIONS }] });
      const expected = await strip();
      const pieces = fc.array(fc.subarray([...TRANSITIONS], { minLength: 1 }), { maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(
          pieces,
          fc.shuffledSubarray([...TRANSITIONS], { minLength: 6 }),
          async (some, all) => {
            run = await insertRun(database.dataSource, 2);
            for (const transitions of [...some, ...all.map((transition) => [transition])]) {
              await recorder.record({ transitions: [{ run, transitions }] });
            }
            expect(await strip()).toEqual(expected);
            expect(await findRun()).toMatchObject({ status: 'running', settled: 3, total: 3 });
          },
        ),
        { numRuns: 20 },
      );
    });

    it('runs again a step that had failed', async () => {
      await recorder.record({ transitions: [{ run, transitions: TRANSITIONS }] });
      await recorder.record({
        transitions: [
          { run, transitions: [{ sequence: 7, at: T0 + 9, step: 'each[0]', status: 'running' }] },
        ],
      });
      expect((await stepStates())[2]).toMatchObject({ status: 'running', ended_at: null, error: null });
      expect(await findRun()).toMatchObject({ settled: 2, total: 3 });
    });

    it('does not end a run, and does not let it run again while it is being canceled', async () => {
      await new RunRepository(database.dataSource.manager).requestCancel(run, 'ada', 'enough');
      await recorder.record({
        transitions: [{ run, transitions: [TRANSITIONS[0]!, { sequence: 9, at: T0, status: 'canceled' }] }],
      });
      expect(await findRun()).toMatchObject({ status: 'canceling', endedAt: null });
    });

    it('drops what is told of an unknown run', async () => {
      const unknown = '00000000-0000-7000-8000-000000000000';
      await recorder.record({ transitions: [{ run: unknown, transitions: TRANSITIONS }] });
      await recorder.record({ transitions: [] });
      expect(await steps().listSteps(unknown)).toEqual([]);
    });
  });

  describe('attempts', () => {
    const start = (attempt: number) => ({
      run,
      step: 'build',
      attempt,
      at: T0 + attempt * 10,
      action: 'command/run',
      worker: `w${attempt}`,
      rebuild: false,
      input: HOSTILE,
    });
    const end = (attempt: number, status: 'failed' | 'succeeded') => ({
      run,
      step: 'build',
      attempt,
      at: T0 + attempt * 10 + 5,
      status,
    });

    it('end in the same state in whichever order they are told of, once or twice', async () => {
      const told = [
        () => recorder.record({ attemptStarts: [start(1)] }),
        () => recorder.record({ attemptStarts: [start(2)] }),
        () => recorder.record({ attemptEnds: [end(2, 'failed')] }),
        () => recorder.record({ attemptStarts: [start(3)] }),
        () => recorder.record({ attemptEnds: [end(3, 'succeeded')] }),
      ];
      await fc.assert(
        fc.asyncProperty(
          fc.shuffledSubarray(told, { minLength: 5 }),
          fc.subarray(told),
          async (all, again) => {
            run = await insertRun(database.dataSource);
            for (const tell of [...all, ...again]) await tell();
            expect(await attempts()).toEqual([
              { attempt: 1, status: 'lost', worker: 'w1' },
              { attempt: 2, status: 'failed', worker: 'w2' },
              { attempt: 3, status: 'succeeded', worker: 'w3' },
            ]);
          },
        ),
        { numRuns: 15 },
      );
    });

    it('are not open once their run has ended', async () => {
      await recorder.record({ attemptStarts: [start(1)] });
      await recorder.record({
        results: [
          {
            run,
            result: { status: 'succeeded' },
            endedAt: T0,
            sequence: 1,
            steps: {},
            actions: {},
          },
        ],
      });
      await recorder.record({ attemptStarts: [start(2)] });
      expect(await attempts()).toMatchObject([{ status: 'lost' }, { status: 'lost' }]);
    });

    const succeeded = (key: string) => ({
      run,
      result: { status: 'succeeded' as const },
      endedAt: T0 + 90,
      sequence: 1,
      steps: {
        [key]: { node: 0, status: 'succeeded' as const, attempts: 2, startedAt: T0, endedAt: T0 + 80 },
      },
      actions: { [key]: 'command/run' },
    });

    it('succeeded with their step, though a killed worker never told of it', async () => {
      await recorder.record({ attemptStarts: [start(1)] });
      await recorder.record({ attemptStarts: [start(2)] });
      await recorder.record({ results: [succeeded('build')] });
      expect(await attempts()).toMatchObject([
        { attempt: 1, status: 'lost' },
        { attempt: 2, status: 'succeeded', worker: 'w2' },
      ]);
    });

    it('are there with their step, and take in later who made them', async () => {
      await recorder.record({ results: [succeeded('build')] });
      expect(await attempts()).toEqual([{ attempt: 2, status: 'succeeded', worker: null }]);
      await recorder.record({ attemptStarts: [start(2)] });
      await recorder.record({ attemptEnds: [end(2, 'succeeded')] });
      expect(await attempts()).toEqual([{ attempt: 2, status: 'succeeded', worker: 'w2' }]);
    });
  });

  describe('logs', () => {
    const chunk = (firstLine: number, texts: readonly string[], attempt = 1) => ({
      run,
      step: 'build',
      attempt,
      firstLine,
      lines: texts.map((text) => ({ at: T0, stream: 'stdout' as const, text })),
    });

    it('keeps lines in order of arrival, each once', async () => {
      await recorder.record({ logs: [chunk(1, ['a', HOSTILE.text])] });
      await recorder.record({ logs: [chunk(1, ['a', HOSTILE.text])] });
      await recorder.record({ logs: [chunk(3, [])] });
      await recorder.record({ logs: [chunk(1, ['other'], 2)] });
      await recorder.record({ logs: [chunk(3, ['c'])] });
      const { lines, more } = await readLog();
      expect(lines.map(({ attempt, line, text }) => [attempt, line, text])).toEqual([
        [1, 1, 'a'],
        [1, 2, HOSTILE.text],
        [2, 1, 'other'],
        [1, 3, 'c'],
      ]);
      expect(more).toBe(false);
      expect((await readLog({ attempt: 2 })).lines).toHaveLength(1);
      expect((await readLog({ step: 'none' })).lines).toEqual([]);
    });

    it('is read on from any cursor, in pages of any size', async () => {
      for (let index = 0; index < 45; index++)
        await recorder.record({ logs: [chunk(index * 3 + 1, ['x', 'y', 'z'])] });
      const { lines } = await readLog();
      expect(lines.map((line) => line.line)).toEqual(Array.from({ length: 135 }, (_, index) => index + 1));
      for (const limit of [1, 2, 3, 7, 60, 134, 135, 136]) {
        const read: number[] = [];
        for (let after: string | undefined, more = true; more; ) {
          const page = await readLog({ limit, ...(after === undefined ? {} : { after }) });
          expect(page.lines.length).toBeLessThanOrEqual(limit);
          read.push(...page.lines.map((line) => line.line));
          after = page.lines.at(-1)?.cursor;
          more = page.more;
        }
        expect(read).toEqual(lines.map((line) => line.line));
      }
    });

    it('gives a follower every line although many writers append at once', async () => {
      const writers = Array.from({ length: 8 }, async (_, writer) => {
        for (let index = 0; index < 20; index++)
          await recorder.record({ logs: [chunk(index + 1, ['x'], writer + 1)] });
      });
      let done = false;
      void Promise.all(writers).then(() => {
        done = true;
      });
      const seen: string[] = [];
      for (let last = false; !last; ) {
        last = done;
        const page = await readLog(seen.length === 0 ? {} : { after: seen.at(-1) });
        seen.push(...page.lines.map((line) => line.cursor));
      }
      expect(seen).toHaveLength(160);
      expect(new Set(seen).size).toBe(160);
    });
  });

  describe('results', () => {
    const stateOf = (status: StepState['status'], more: Partial<StepState> = {}): StepState => ({
      node: 0,
      status,
      attempts: 1,
      startedAt: T0 + 1,
      endedAt: T0 + 2,
      ...more,
    });

    it('replaces the steps, whatever the projection held, and is final', async () => {
      await recorder.record({ transitions: [{ run, transitions: TRANSITIONS }] });
      const record: FinalRecord = {
        run,
        result: { status: 'failed', output: HOSTILE, error: { class: 'test', code: 'x', message: 'no' } },
        endedAt: T0 + 50,
        sequence: 12,
        steps: { build: stateOf('succeeded', { output: [1] }), 'each[1]': stateOf('canceled') },
        actions: {},
      };
      await recorder.record({ results: [record] });
      await recorder.record({ results: [record] });
      await recorder.record({
        transitions: [{ run, transitions: TRANSITIONS.map((t) => ({ ...t, sequence: 99 })) }],
      });
      expect(await stepStates()).toMatchObject([
        { key: 'build', status: 'succeeded', output: [1] },
        { key: 'each[1]', status: 'canceled' },
      ]);
      expect(await findRun()).toMatchObject({
        status: 'failed',
        endedAt: new Date(T0 + 50),
        error: { code: 'x' },
        settled: 3,
        total: 3,
      });
    });

    it('is that of the later end, whichever is told of first, and whatever the reconciler thought', async () => {
      const record = (at: number, status: 'succeeded' | 'canceled'): FinalRecord => ({
        run,
        result: { status },
        endedAt: at,
        sequence: 12,
        steps: { build: stateOf(status, { output: at }) },
        actions: {},
      });
      const lost = { class: 'infrastructure', code: 'x', message: 'Lost.' } as const;
      await database.dataSource.transaction((manager) =>
        new RunRepository(manager).end(run, { status: 'failed', error: lost }, lost),
      );
      const seen: unknown[] = [];
      for (const told of [
        record(T0 + 50, 'canceled'),
        record(T0 + 49, 'succeeded'),
        record(T0 + 50, 'canceled'),
      ]) {
        await recorder.record({ results: [told] });
        const { status, endedAt } = await findRun();
        seen.push([status, endedAt?.getTime(), (await stepStates())[0]?.output]);
      }
      expect(seen).toEqual(Array(3).fill(['canceled', T0 + 50, T0 + 50]));
      await recorder.record({ results: [record(T0 + 51, 'succeeded')] });
      expect(await findRun()).toMatchObject({ status: 'succeeded', endedAt: new Date(T0 + 51) });
    });

    it('tells followers only of what it changed', async () => {
      await recorder.record({ transitions: [{ run, transitions: TRANSITIONS.slice(0, 5) }] });
      const after = (await steps().listChanges(run, '0', 100)).at(-1)!.change;
      const build = stateOf('succeeded', { startedAt: T0 + 1, endedAt: T0 + 2, output: HOSTILE });
      const result = { status: 'succeeded' } as const;
      await recorder.record({
        results: [
          {
            run,
            result,
            endedAt: T0,
            sequence: 5,
            steps: { build, 'each[0]': stateOf('succeeded') },
            actions: {},
          },
        ],
      });
      expect((await steps().listChanges(run, after, 100)).map((change) => change.key)).toEqual(['each[0]']);
    });

    it('survives 10,000 steps, as transitions and as a result', async () => {
      const keys = Array.from({ length: 10_000 }, (_, index) => `check[${index}]`);
      const transitions = keys.map(
        (step, index): Transition => ({
          sequence: index + 1,
          at: T0,
          step,
          status: 'succeeded',
          output: { index },
        }),
      );
      await recorder.record({ transitions: [{ run, transitions }] });
      expect(await findRun()).toMatchObject({ settled: 10_000, total: 10_002 });
      const states = Object.fromEntries(
        keys.map((key, index) => [key, stateOf('succeeded', { output: { index } })]),
      );
      await recorder.record({
        results: [
          {
            run,
            result: { status: 'succeeded' },
            endedAt: T0,
            sequence: 10_001,
            steps: states,
            actions: Object.fromEntries(keys.map((key) => [key, 'log/write'])),
          },
        ],
      });
      expect(await stepStates()).toHaveLength(10_000);
      expect(await findRun()).toMatchObject({ status: 'succeeded', settled: 10_002, total: 10_002 });
    });
  });
});
