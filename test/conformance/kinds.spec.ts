import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunView, StepView } from '#contracts/rest/runs.js';
import { STEP_KINDS } from '#domain/definition/kinds/table.js';
import { codesIn, findTables, readDocument, sectionOf } from '../docs/markdown.js';
import { TestPlatform } from '../platform.js';
import { replayRun } from '../replay/replay-run.js';
import { CHILD, definitionOf, KIND_CASES, type KindCase } from './kind-cases.js';

/** The table of docs/concepts.md, cell by cell: each kind of step in a run of its own, on the real platform. */

const page = sectionOf(readDocument('docs/concepts.md'), '## What holds for every kind');
const [table] = findTables(page);

interface Outcome {
  readonly run: RunView;
  readonly steps: readonly StepView[];
}

let platform: TestPlatform;
const workflows = new Map<string, string>();
/** By kind; each is brought about once, for all kinds at the same time. */
let undisturbed: ReadonlyMap<string, Outcome>;
let canceled: ReadonlyMap<string, Outcome>;
let crashed: ReadonlyMap<string, Outcome>;
let rerun: ReadonlyMap<string, Outcome>;

interface Phase {
  readonly start: (kind: KindCase) => Promise<RunView>;
  /** Once a run is in the midst of its step; not waited for where it is absent. */
  readonly inMidst?: (run: string) => Promise<unknown>;
  /** Once all are. */
  readonly whenAllAre?: () => Promise<void>;
  /** Whether people do what a step waits for. */
  readonly peopleAct: boolean;
}

/** One run per kind, all at the same time, and what happens to them; answers with their ends. */
async function runAll(phase: Phase): Promise<ReadonlyMap<string, Outcome>> {
  const runs = new Map<string, string>();
  await Promise.all(
    KIND_CASES.map(async (kind) => {
      const { id } = await phase.start(kind);
      runs.set(kind.kind, id);
      if (phase.inMidst === undefined && kind.people === undefined) return;
      await platform.waitFor(id, async () => kind.midst(await platform.steps(id)));
      await phase.inMidst?.(id);
    }),
  );
  await phase.whenAllAre?.();
  const outcomes = new Map<string, Outcome>();
  await Promise.all(
    KIND_CASES.map(async ({ kind, people }) => {
      const id = runs.get(kind)!;
      if (phase.peopleAct) await people?.(platform, id);
      const run = await platform.waitForEnd(id);
      outcomes.set(kind, { run, steps: await platform.steps(id) });
    }),
  );
  return outcomes;
}

beforeAll(async () => {
  platform = await TestPlatform.start();
  await platform.save(CHILD);
  for (const kind of KIND_CASES) workflows.set(kind.kind, (await platform.save(definitionOf(kind))).id);
  const start = ({ kind }: KindCase) => platform.execute(workflows.get(kind)!);
  undisturbed = await runAll({ start, peopleAct: true });
  canceled = await runAll({
    start,
    inMidst: (run) => platform.request('POST', `/runs/${run}/cancel`, {}),
    peopleAct: false,
  });
  crashed = await runAll({
    start,
    inMidst: async () => {},
    whenAllAre: async () => {
      await platform.worker.kill();
      await platform.worker.start();
    },
    peopleAct: true,
  });
  rerun = await runAll({
    start: async ({ kind }) => {
      const { id } = undisturbed.get(kind)!.run;
      const answer = await platform.request<RunView>('POST', `/runs/${id}/rerun`, { from: 'it' });
      if (answer.status !== 202) throw new Error(JSON.stringify(answer.body));
      return answer.body;
    },
    peopleAct: true,
  });
});
afterAll(() => platform?.close());

/** What does not depend on time. */
function comparable({ run, steps }: Outcome): object {
  return {
    status: run.status,
    steps: steps.map(({ key, status, skipped, error }) => ({ key, status, skipped, error })),
    output: JSON.stringify(run.output, (name, value) =>
      ['durationMs', 'at', 'by', 'stdout'].includes(name) ? undefined : value,
    ),
  };
}

const COLUMNS: Readonly<Record<string, (kind: string) => Promise<void> | void>> = {
  plan: (kind) => {
    const { steps } = undisturbed.get(kind)!;
    expect(steps.find(({ key }) => key === 'it')?.kind).toBe(kind);
  },
  run: (kind) => {
    const { run, steps } = undisturbed.get(kind)!;
    expect(run.status).toBe('succeeded');
    expect(steps.find(({ key }) => key === 'it')?.status).toBe(kind === 'raise' ? 'failed' : 'succeeded');
    expect(steps.find(({ key }) => key === 'after')?.status).toBe('succeeded');
  },
  cancel: (kind) => {
    const { run, steps } = canceled.get(kind)!;
    expect(run.status).toBe('canceled');
    expect(steps.filter(({ status }) => ['pending', 'running', 'waiting'].includes(status))).toEqual([]);
    expect(steps.find(({ key }) => key === 'after')).toMatchObject({ status: 'skipped', skipped: 'stopped' });
  },
  'crash in the middle': (kind) => {
    const outcome = crashed.get(kind)!;
    expect(comparable(outcome)).toEqual(comparable(undisturbed.get(kind)!));
    for (const { key, attempts } of outcome.steps) {
      // What was cut is attempted again, visibly; nothing else runs twice.
      expect([key, attempts.filter(({ status }) => status === 'succeeded').length]).toEqual([
        key,
        attempts.length === 0 ? 0 : 1,
      ]);
      expect(attempts.slice(0, -1).every(({ status }) => status === 'lost')).toBe(true);
    }
  },
  replay: async (kind) => {
    for (const outcomes of [undisturbed, canceled, crashed, rerun])
      await expect(replayRun(platform, outcomes.get(kind)!.run.id)).resolves.toBeUndefined();
  },
  're-run from here': (kind) => {
    const outcome = rerun.get(kind)!;
    const first = undisturbed.get(kind)!;
    expect(outcome.run).toMatchObject({ trigger: 'rerun', rerunOf: { run: first.run.id, from: 'it' } });
    expect(comparable(outcome)).toEqual(comparable(first));
    const step = (key: string) => outcome.steps.find((candidate) => candidate.key === key);
    expect(step('before')?.reused).toBe(true);
    expect(step('it')?.reused ?? false).toBe(false);
    expect(step('after')?.reused ?? false).toBe(false);
  },
};

const cells = table!.flatMap(([name, ...row]) =>
  row.map((cell, at) => [codesIn(name!)[0]!, Object.keys(COLUMNS)[at]!, cell] as const),
);

describe('the table of kinds', () => {
  it('has every kind and every column', () => {
    expect(table!.map(([name]) => codesIn(name!)[0]).toSorted()).toEqual([...STEP_KINDS].toSorted());
    expect(KIND_CASES.map(({ kind }) => kind).toSorted()).toEqual([...STEP_KINDS].toSorted());
    const head = page.split('\n').find((line) => line.startsWith('| Kind'))!;
    expect(
      head
        .split('|')
        .slice(2, -1)
        .map((cell) => cell.trim()),
    ).toEqual(Object.keys(COLUMNS));
  });

  it.each(cells)('%s: %s', async (kind, column, cell) => {
    expect(cell).toBe('✓');
    await COLUMNS[column]!(kind);
  });
});
