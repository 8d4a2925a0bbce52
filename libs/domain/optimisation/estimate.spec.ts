import { describe, expect, it } from '@jest/globals';
import { estimateRemaining, estimateRun } from './estimate.js';
import { define, record, repeat } from './testing/recorded-runs.js';

const { plan } = define(`sluice: 1
name: x
stages:
  build:
    steps:
      fetch: { uses: note/add }
      unit: { uses: note/add }
      lint: { needs: [fetch], uses: note/add }
  ship:
    steps:
      side:
        parallel:
          branches:
            a: { steps: { deploy: { uses: note/add } } }
            b: { steps: { notify: { uses: note/add } } }
      each: { forEach: { in: [1, 2] }, steps: { ping: { uses: note/add } } }
`);

const TIMES = {
  fetch: 100,
  unit: 500,
  lint: 300,
  deploy: 200,
  notify: 50,
  each: 40,
  'ping[0]': 30,
  'ping[1]': 40,
};

describe('estimateRun', () => {
  it('replays recorded times through the graph: what runs side by side counts once', () => {
    const runs = repeat(10, (index) => ({
      ...record(index, { ...TIMES, unit: 500 + index * 10 }),
      ms: 840 + index * 10,
    }));
    const estimate = estimateRun(plan, 1, runs);
    expect(estimate).toMatchObject({
      runs: 10,
      conclusive: true,
      p50Ms: 885,
      p90Ms: 921,
      error: 0,
      criticalPath: ['fetch', 'unit', 'deploy', 'each'],
    });
    expect(estimate.steps.map(({ step, critical }) => [step, critical])).toEqual([
      ['fetch', 1],
      ['unit', 1],
      ['lint', 0],
      ['deploy', 1],
      ['notify', 0],
      ['each', 1],
    ]);
  });

  it('says how far the model is from what runs took', () => {
    const runs = repeat(6, (index) => ({ ...record(index, TIMES), ms: 1_680 }));
    expect(estimateRun(plan, 1, runs)).toMatchObject({ p50Ms: 840, error: 0.5 });
  });

  it('is inconclusive by few runs, and leaves out those that failed', () => {
    expect(estimateRun(plan, 1, [])).toMatchObject({
      runs: 0,
      conclusive: false,
      p50Ms: 0,
      criticalPath: [],
      steps: [],
    });
    const runs = [
      ...repeat(4, (index) => record(index, TIMES)),
      ...repeat(9, (index) => record(index, { fetch: [[9_000, 'code']] })),
    ];
    expect(estimateRun(plan, 1, runs)).toMatchObject({ runs: 4, conclusive: false, p50Ms: 840 });
  });

  it('takes for a step that an older version did not have what it usually takes', () => {
    const { deploy: _, ...older } = TIMES;
    const runs = [...repeat(4, (index) => record(index, TIMES, 2)), record(9, older, 1)];
    expect(estimateRun(plan, 2, runs)).toMatchObject({ runs: 5, p50Ms: 840, p90Ms: 840 });
    // In the version itself it did not run.
    expect(estimateRun(plan, 2, [record(9, older, 2)])).toMatchObject({ p50Ms: 690 });
  });
});

describe('estimateRemaining', () => {
  const runs = repeat(9, (index) => record(index, TIMES));

  it.each([
    ['before anything began', {}, 0, 0, 840],
    [
      'half-way through a step',
      { fetch: { over: true }, lint: { over: true }, unit: { over: false, elapsedMs: 250 } },
      350,
      41,
      490,
    ],
    [
      'when a step takes longer than it does',
      { fetch: { over: true }, unit: { over: false, elapsedMs: 900 }, lint: { over: true } },
      1_000,
      80,
      240,
    ],
    [
      'at the end',
      {
        fetch: { over: true },
        unit: { over: true },
        lint: { over: true },
        deploy: { over: true },
        notify: { over: true },
        each: { over: true },
      },
      800,
      99,
      0,
    ],
  ])('%s', (_, live, elapsed, percent, left) => {
    expect(estimateRemaining(plan, runs, new Map(Object.entries(live)), elapsed)).toMatchObject({
      conclusive: true,
      percent,
      p50Ms: left,
    });
  });
});
