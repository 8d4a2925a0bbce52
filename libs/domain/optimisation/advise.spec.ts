import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { editText } from '../definition/edit-text.js';
import { TEST_ACTIONS } from '../validation/testing/actions.js';
import { readDefinition } from '../validation/validate.js';
import { adviseWorkflow } from './advise.js';
import type { RecordedRun } from './recorded-run.js';
import { define, record, repeat } from './testing/recorded-runs.js';

function advise(text: string, runs: readonly RecordedRun[]) {
  const { plan, definition } = define(text);
  return adviseWorkflow(plan, definition, 1, runs);
}

const stage = (...steps: string[]) =>
  `sluice: 1\nname: x\nstages:\n  main:\n    steps:\n${steps.map((step) => `      ${step}\n`).join('')}`;

const ids = (text: string, runs: readonly RecordedRun[]) => advise(text, runs).items.map(({ id }) => id);

/** The definition with all the advice carried out, which has to be valid. */
function apply(text: string, runs: readonly RecordedRun[], kinds?: readonly string[]): string {
  const edits = advise(text, runs)
    .items.filter(({ kind }) => kinds?.includes(kind) ?? true)
    .flatMap((item) => item.edits);
  const edited = editText(text, edits)!;
  expect(readDefinition(edited, TEST_ACTIONS).findings).toEqual([]);
  return edited;
}

describe('parallel', () => {
  const THREE = stage(
    'first: { uses: note/add } # begins',
    'second: { uses: note/add }',
    'third: { uses: note/add, with: { text: "${{ steps.first.status }}" } }',
    'last: { uses: note/add, with: { text: "${{ steps.second.status }} ${{ steps.third.status }}" } }',
  );
  const runs = repeat(8, (index) =>
    record(index, { first: 1_000, second: 800 + index, third: 500, last: 200 }),
  );

  it('lets steps begin without what they do not read, and keeps the order of what they do', () => {
    const [advice] = advise(THREE, runs).items;
    expect(advice).toMatchObject({
      id: 'parallel:main',
      certainty: 'data',
      steps: ['second', 'third', 'last'],
      gain: { time: { mean: 804 } },
      evidence: { runs: 8, figures: { meanBeforeMs: 2_504, meanAfterMs: 1_700 } },
    });
    const edited = apply(THREE, runs, ['parallel']);
    expect(edited).toContain('# begins');
    const { plan } = define(edited);
    const needs = Object.fromEntries(
      plan.nodes.map(({ id, needs }) => [id, needs.map((need) => plan.nodes[need]!.id)]),
    );
    expect(needs).toMatchObject({ first: [], second: [], third: ['first'], last: ['second', 'third'] });
  });

  it.each([
    [
      'an approval between them',
      stage('a: { uses: note/add }', 'b: { approval: { by: [x] } }', 'c: { uses: note/add }'),
    ],
    ['a question about failures', stage('a: { uses: note/add }', 'c: { uses: note/add, if: failed() }')],
    [
      'something to undo',
      stage('a: { uses: note/add, compensate: { uses: note/add } }', 'c: { uses: note/add }'),
    ],
    ['a lock', stage('a: { uses: note/add, locks: [x] }', 'c: { uses: note/add }')],
    ['what is written', stage('a: { uses: note/add }', 'c: { needs: [a], uses: note/add }')],
  ])('keeps the order because of %s', (_, text) => {
    expect(
      ids(
        text,
        repeat(8, (index) => record(index, { a: 1_000, b: 500, c: 1_000 })),
      ),
    ).toEqual([]);
  });

  it('asks a person where only the workspace speaks against it', () => {
    const text = stage(
      'fill: { uses: command/run, with: { run: [a], rebuild: true }, timeout: 10s }'.replace(
        ', rebuild: true',
        '',
      ),
      'lint: { uses: command/run, with: { run: [b] }, timeout: 10s }',
    );
    const [advice, ...others] = advise(
      text,
      repeat(8, (index) => record(index, { fill: 500, lint: 400 })),
    ).items;
    expect(others).toEqual([]);
    expect(advice).toMatchObject({
      id: 'parallel:main:workspace',
      certainty: 'check',
      gain: { time: { mean: 400 } },
    });
    expect(advice!.assumes[0]).toContain('reads a file');
  });

  it('looks into the branches of a step, too', () => {
    const text = stage(
      'both: { parallel: { branches: { one: { steps: { a: { uses: note/add }, b: { uses: note/add } } }, two: { steps: { c: { uses: note/add } } } } } }',
    );
    const found = advise(
      text,
      repeat(8, (index) => record(index, { a: 1_000, b: 900, c: 10 })),
    ).items;
    expect(found).toMatchObject([{ id: 'parallel:both.one', steps: ['b'] }]);
  });

  it('says nothing of what brings nothing', () => {
    expect(
      ids(
        THREE,
        repeat(8, (index) => record(index, { first: 10_000, second: 3, third: 5, last: 1 })),
      ),
    ).toEqual([]);
  });
});

describe('timeout', () => {
  const step = (more: string) => stage(`test: { uses: command/run, with: { run: [a] }${more} }`);
  const quick = (count: number, ms = 20_000) => repeat(count, (index) => record(index, { test: ms + index }));

  it('gives a limit to what has none', () => {
    const text = step('');
    const [advice] = advise(text, quick(20)).items;
    expect(advice).toMatchObject({
      id: 'timeout:test',
      gain: { time: { mean: 0 } },
      evidence: { figures: { p99Ms: 20_019, proposedMs: 50_000 } },
    });
    expect(apply(text, quick(20))).toContain('timeout: 50s');
  });

  it('lowers one that costs much when it is hit, by what that would have saved', () => {
    const runs = [
      ...quick(18),
      ...repeat(2, (index) => record(90 + index, { test: [[3_600_000, 'timeout']] })),
    ];
    const [advice] = advise(step(', timeout: 1h'), runs).items;
    expect(advice).toMatchObject({
      id: 'timeout:test',
      gain: { time: { mean: 355_000 } },
      evidence: { shownBy: ['run-90', 'run-91'] },
    });
    expect(advice!.gain.time.low).toBeGreaterThanOrEqual(0);
  });

  it('raises one that cuts off what would have ended', () => {
    const runs = [
      ...repeat(20, (index) => record(index, { test: 20_000 + index * 480 })),
      ...repeat(5, (index) => record(90 + index, { test: [[30_000, 'timeout']] })),
    ];
    const text = step(', timeout: 30s');
    expect(advise(text, runs).items).toMatchObject([{ id: 'timeout:test', certainty: 'check' }]);
    expect(apply(text, runs)).toContain('timeout: 1m');
  });

  it.each([
    ['a loop over a list', 'forEach: { in: [1], as: i }, steps: { STEP }'],
    ['a loop', 'loop: { until: "true", max: 3 }, steps: { STEP }'],
    [
      'a branch',
      'parallel: { branches: { one: { steps: { STEP } }, two: { steps: { b: { set: { n: 1 } } } } } }',
    ],
    ['a case', 'switch: [{ if: 1 == 2, steps: { b: { set: { n: 1 } } } }, { steps: { STEP } }]'],
    ['a try', 'try: { steps: { STEP }, catch: [{ steps: { b: { set: { n: 1 } } } }] }'],
    ['a catch', 'try: { steps: { b: { set: { n: 1 } } }, catch: [{ steps: { STEP } }] }'],
    ['a finally', 'try: { steps: { b: { set: { n: 1 } } }, finally: { steps: { STEP } } }'],
  ])('gives it to a step within %s, where it stands', (_, container) => {
    const test = 'test: { uses: command/run, with: { run: [a] } }';
    const text = stage(`around: { ${container.replace('STEP', test)} }`);
    const key = container.startsWith('forEach') || container.startsWith('loop') ? 'test[0]' : 'test';
    const runs = repeat(20, (index) => record(index, { [key]: 20_000 + index }));
    const edited = apply(text, runs, ['timeout']);
    const compact = (each: string) => each.replaceAll(/\[ | \]/g, (bracket) => bracket.trim());
    expect(compact(edited)).toContain('run: [a] }, timeout: 50s }');
    expect(compact(edited).replace(', timeout: 50s', '')).toBe(text);
  });

  it('leaves alone one that fits, and what was seen seldom', () => {
    expect(ids(step(', timeout: 1m'), quick(20))).toEqual([]);
    expect(ids(step(''), quick(9))).toEqual([]);
  });
});

describe('retry', () => {
  const retried = stage(
    'a: { uses: command/run, with: { run: [a] }, timeout: 1m, retry: { attempts: 3 } }',
    'b: { uses: command/run, with: { run: [b] }, timeout: 1m }',
  );

  it('takes attempts away that never helped, with the time that they cost', () => {
    const runs = [
      ...repeat(10, (index) => record(index, { a: 1_000, b: 'skipped' })),
      ...repeat(6, (index) =>
        record(90 + index, {
          a: [
            [1_000, 'code'],
            [1_000, 'code'],
            [1_000, 'code'],
          ],
        }),
      ),
    ];
    const found = advise(retried, runs).items.find(({ kind }) => kind === 'retry');
    expect(found).toMatchObject({
      id: 'retry:a',
      gain: { time: { mean: 750 } },
      evidence: { figures: { retried: 6, helped: 0 } },
    });
    expect(apply(retried, runs, ['retry'])).toContain('attempts: 1');
  });

  it('keeps attempts that helped once, or that passing trouble needs', () => {
    const fail = (index: number) =>
      record(90 + index, {
        a: [
          [1_000, 'code'],
          [1_000, 'code'],
        ],
      });
    const runs = [...repeat(10, (index) => record(index, { a: 1_000 })), ...repeat(6, fail)];
    expect(ids(retried, [...runs, record(200, { a: [[1_000, 'code'], [1_000]] })])).not.toContain('retry:a');
    expect(
      ids(retried, [
        ...runs,
        record(200, {
          a: [
            [1, 'transient'],
            [1, 'transient'],
          ],
        }),
      ]),
    ).not.toContain('retry:a');
  });

  it('adds attempts where failures pass, by what they did elsewhere', () => {
    const runs = [
      ...repeat(8, (index) => record(index, { a: [[100, 'transient'], [100]], b: 100 })),
      ...repeat(4, (index) => record(90 + index, { a: 100, b: [[100, 'transient']] })),
    ];
    const found = advise(retried, runs).items.find(({ id }) => id === 'retry:b');
    expect(found).toMatchObject({
      certainty: 'data',
      gain: { saves: { mean: 1 } },
      evidence: { figures: { failures: 4, failedRuns: 4, retriedElsewhere: 8, curedElsewhere: 8 } },
    });
    expect(found!.gain.saves!.low).toBeGreaterThan(0.6);
    expect(apply(retried, runs, ['retry'])).toContain('attempts: 3');
  });

  it('says that it is not known where it was never tried, and nothing where it never helped', () => {
    const fail = repeat(4, (index) => record(90 + index, { a: 100, b: [[100, 'transient']] }));
    const runs = [...repeat(8, (index) => record(index, { a: 100, b: 100 })), ...fail];
    expect(advise(retried, runs).items.find(({ id }) => id === 'retry:b')).toMatchObject({
      certainty: 'check',
    });
    const hopeless = repeat(6, (index) =>
      record(50 + index, {
        a: [
          [1, 'transient'],
          [1, 'transient'],
        ],
      }),
    );
    expect(ids(retried, [...runs, ...hopeless])).not.toContain('retry:b');
    expect(
      ids(
        retried,
        repeat(9, (index) => record(index, { a: 1, b: [[1, 'code']] })),
      ),
    ).not.toContain('retry:b');
  });
});

describe('order', () => {
  const checks = stage(
    '# slow',
    'long: { uses: command/run, with: { run: [a] }, timeout: 1h }',
    '# quick',
    'short: { uses: command/run, with: { run: [b] }, timeout: 10s }',
    'after: { uses: note/add, with: { text: "${{ steps.long.output.stdout }}" } }',
  );
  const runs = [
    ...repeat(12, (index) => record(index, { long: 300_000, short: 2_000, after: 1 })),
    ...repeat(8, (index) =>
      record(90 + index, { long: 300_000, short: [[2_000, 'test']], after: 'skipped' }),
    ),
  ];

  it('puts first what is cheap and fails, and moves its comment with it', () => {
    const found = advise(checks, runs).items.find(({ kind }) => kind === 'order');
    expect(found).toMatchObject({
      id: 'order:long+short',
      certainty: 'check',
      steps: ['short', 'long'],
      gain: { time: { mean: 120_000 } },
    });
    const edited = apply(checks, runs, ['order']);
    expect(edited.indexOf('short:')).toBeLessThan(edited.indexOf('long:'));
    expect(edited.indexOf('# quick')).toBeLessThan(edited.indexOf('short:'));
  });

  it('keeps the order of what reads, of what is waited for by name, and of what never fails', () => {
    const reads = checks.replace('run: [b]', 'run: ["${{ steps.long.output.stdout }}"]');
    expect(ids(reads, runs).filter((id) => id.startsWith('order'))).toEqual([]);
    const named = checks
      .replace('after: {', 'after: { needs: [short], ')
      .replace('"${{ steps.long.output.stdout }}"', 'x');
    expect(ids(named, runs).filter((id) => id.startsWith('order'))).toEqual([]);
    expect(ids(checks, runs.slice(0, 12)).filter((id) => id.startsWith('order'))).toEqual([]);
  });
});

describe('adviseWorkflow', () => {
  it('says nothing by fewer than five runs', () => {
    const text = stage('a: { uses: note/add }', 'b: { uses: note/add }');
    expect(
      advise(
        text,
        repeat(4, (index) => record(index, { a: 1_000, b: 1_000 })),
      ),
    ).toEqual({
      runs: 4,
      succeeded: 4,
      conclusive: false,
      items: [],
    });
  });

  /** Four steps with any needs upwards, or none written, that read any step above them. */
  const anyStep = (index: number) =>
    fc.record({
      action: fc.constantFrom('note/add', 'command/run'),
      needs: fc.option(fc.subarray(Array.from({ length: index }, (_, above) => `s${above}`)), {
        nil: undefined,
      }),
      retry: fc.boolean(),
    });
  const anyDefinition = fc.tuple(...Array.from({ length: 5 }, (_, index) => anyStep(index))).map((steps) =>
    stage(
      ...steps.map(({ action, needs, retry }, index) => {
        const parts = [
          `uses: ${action}`,
          ...(action === 'command/run' ? ['with: { run: [x] }'] : []),
          ...(needs === undefined ? [] : [`needs: [${needs.join(', ')}]`]),
          ...(retry ? ['retry: { attempts: 3 }', 'timeout: 1d'] : []),
        ];
        return `s${index}: { ${parts.join(', ')} }`;
      }),
    ),
  );
  const anyTaken = fc.oneof(
    fc.nat(60_000),
    fc.constant('skipped' as const),
    fc.array(fc.tuple(fc.nat(60_000), fc.constantFrom('timeout', 'code', 'transient', undefined)), {
      minLength: 1,
      maxLength: 3,
    }),
  );
  const anyRuns = fc
    .array(fc.array(anyTaken, { minLength: 5, maxLength: 5 }), { minLength: 5, maxLength: 30 })
    .map((all) =>
      all.map((steps, index) =>
        record(index, Object.fromEntries(steps.map((taken, at) => [`s${at}`, taken as number]))),
      ),
    );

  it('never proposes what would cost time, and only what leaves a valid definition', () => {
    fc.assert(
      fc.property(anyDefinition, anyRuns, (text, runs) => {
        const report = advise(text, runs);
        for (const { gain, edits } of report.items) {
          expect(gain.time.low).toBeGreaterThanOrEqual(0);
          expect(gain.time.mean).toBeGreaterThanOrEqual(gain.time.low);
          expect(readDefinition(editText(text, edits)!, TEST_ACTIONS).findings).toEqual([]);
        }
        expect(report).toEqual(advise(text, runs));
      }),
      { numRuns: 200 },
    );
  });

  it('looks at a definition of 2,000 steps and 200 runs of it', () => {
    const names = Array.from({ length: 2_000 }, (_, index) => `s${index}`);
    const text = stage(...names.map((name) => `${name}: { uses: note/add }`));
    const steps = Object.fromEntries(names.map((name) => [name, 10]));
    expect(
      advise(
        text,
        repeat(50, (index) => record(index, steps)),
      ).items,
    ).toEqual([]);
  });
});
