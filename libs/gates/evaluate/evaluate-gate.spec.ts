import { describe, expect, it } from '@jest/globals';
import { AT, earlier, judge, measure, requireGate, type Situation } from '../testing/gates.js';
import { evaluateGate } from './evaluate-gate.js';

const HEAD = 'gate: 1\nname: g\n';

function one(criterion: string, situation: Situation) {
  const result = judge(`${HEAD}criteria:\n- ${criterion}\n`, situation);
  return result.criteria[0]!;
}

describe('absolute conditions', () => {
  it.each([
    ['<= 300ms', { value: 0.3, unit: 's' }, 'pass', 0],
    ['<= 300ms', { value: 0.301, unit: 's' }, 'fail', 0.001],
    ['<= 300ms', { value: 300 }, 'pass', 0],
    ['>= 80%', { value: 79.5, unit: '%' }, 'fail', 0.5],
    ['< 1MiB', { value: 1024, unit: 'KiB' }, 'fail', 0],
    ['= 0', { value: 0 }, 'pass', 0],
    ['>= (-5)', { value: -5 }, 'pass', 0],
    // Of samples the mean counts.
    ['<= 2', { samples: [1, 2, 3] }, 'pass', 0],
  ])('%s of %j is a %s', (pass, given, outcome, difference) => {
    const result = one(`{ metric: a, pass: "${pass}" }`, { given: { a: given } });
    expect(result).toMatchObject({ outcome });
    expect(result.difference).toBeCloseTo(difference, 12);
  });

  it('never compares what cannot be compared', () => {
    const result = one('{ metric: a, pass: "<= 300ms" }', { given: { a: { value: 1, unit: 'requests' } } });
    expect(result).toMatchObject({
      outcome: 'inconclusive',
      text: 'a is 1 requests, asked for <= 300 ms. requests cannot be compared with ms.',
      wouldChange: 'Write the condition in requests, or without a unit.',
    });
  });

  it('tells why there is no number', () => {
    const missing = { code: 'timeout', message: 'Prometheus did not answer in 5s.', hint: 'Ask again.' };
    expect(one('{ metric: a, pass: "< 1" }', { given: { a: { missing } } })).toMatchObject({
      outcome: 'inconclusive',
      text: 'a is not known, asked for < 1. Prometheus did not answer in 5s.',
      wouldChange: 'Ask again.',
    });
    expect(one('{ metric: a, pass: "< 1" }', { given: {} }).text).toContain('It was not given');
  });
});

describe('conditions against earlier runs', () => {
  const relative = (pass: string, compare = '{}') => `{ metric: a, pass: "${pass}", compare: ${compare} }`;

  it.each([
    ['<= +10%', [100, 100, 100], 110, 'pass'],
    ['<= +10%', [100, 100, 100], 110.1, 'fail'],
    ['>= -5%', [100, 90, 110], 95, 'pass'],
    ['<= +5', [100, 100, 100], 105, 'pass'],
    ['<= +5', [100, 100, 100], 106, 'fail'],
    ['<= +10%', [-100, -100, -100], -90, 'pass'],
    ['<= +10%', [-100, -100, -100], -89, 'fail'],
    ['<= +10%', [0, 0, 0], 0, 'pass'],
    ['<= +10%', [0, 0, 0], 0.1, 'fail'],
  ])('%s of %j: %d is a %s', (pass, values, value, outcome) => {
    expect(one(relative(pass), { given: { a: value }, runs: earlier('a', values) }).outcome).toBe(outcome);
  });

  it.each([
    ['{ with: p50, atLeast: 1 }', 3],
    ['{ with: p90, atLeast: 1 }', 9],
    ['{ with: p95, atLeast: 1, last: 3 }', 9],
    ['{ with: average, atLeast: 1, last: 2 }', 5],
  ])('%s is %d', (compare, compared) => {
    const runs = earlier('a', [1, 9, 3]);
    expect(one(relative('<= +1', compare), { given: { a: 1 }, runs })).toMatchObject({ compared });
  });

  it('counts runs that passed, in whatever unit they were measured', () => {
    const [run] = earlier('a', [0]);
    const runs = [
      ...earlier('a', [9_000], { outcome: 'fail' }),
      { ...run!, values: new Map([['a', { value: 0.2, unit: 's' }]]) },
      { ...run!, values: new Map([['a', { value: 3, unit: 'requests' }]]) },
    ];
    const given = { a: { value: 210, unit: 'ms' } };
    expect(one(relative('<= +10%', '{ atLeast: 1 }'), { given, runs })).toMatchObject({
      outcome: 'pass',
      compared: 200,
      text: 'a is 210 ms, asked for <= +10% of 200 ms (220 ms): 10 ms to spare. Compared with the average of 1 earlier run.',
    });
  });

  it('cannot be said with too few runs, unless that is to pass, and fails all the same where it must', () => {
    const situation = { given: { a: 5 }, runs: earlier('a', [5, 5]) };
    expect(one(relative('<= +10%'), situation)).toMatchObject({ outcome: 'inconclusive' });
    expect(one(relative('<= +10%'), situation)).not.toHaveProperty('difference');
    expect(one(relative('<= +10%'), situation).text).toContain(
      'Only 2 earlier runs to compare with, 3 needed.',
    );
    expect(one(relative('<= +10%', '{ fewer: pass }'), situation).outcome).toBe('pass');
    expect(one('{ metric: a, pass: ["<= +10%", "<= 4"] }', situation).outcome).toBe('fail');
    expect(one('{ metric: a, pass: "<= 4", warn: "<= +10%" }', situation).outcome).toBe('inconclusive');
  });
});

describe('statistical criteria', () => {
  const criterion = '{ metric: a, statistical: { direction: lower, alpha: 0.05, effect: medium } }';
  const baseline = [10, 11, 12, 13, 14, 15, 16, 17];
  const shifted = (by: number) => baseline.map((value) => value + by + 0.5);

  it('lets pass what is no worse, warns of little, and fails what is surely worse', () => {
    const outcomes = [-9, 0, 1, 3, 20].map(
      (by) => one(criterion, { given: { a: { samples: shifted(by), baseline } } }).outcome,
    );
    expect(outcomes).toEqual(['pass', 'pass', 'pass', 'fail', 'fail']);
    // Many samples make a small effect sure.
    const many = Array.from({ length: 300 }, (_, index) => index * 2);
    const outcomesOf = [41, 61, 121].map((by) => {
      const given = { a: { samples: many.map((value) => value + by), baseline: many } };
      return one(criterion, { given }).outcome;
    });
    expect(outcomesOf).toEqual(['pass', 'warn', 'fail']);
  });

  it('turns around where more is better', () => {
    const higher = criterion.replace('lower', 'higher');
    const [less, more] = [-20, 20].map((by) =>
      one(higher, { given: { a: { samples: shifted(by), baseline } } }),
    );
    expect([less!.outcome, more!.outcome]).toEqual(['fail', 'pass']);
    expect(less!.text).toBe(
      "a has a median of -6 against 13.5: worse, surely and by a large effect (p = less than 0.0001, exact; Cliff's delta 1.000, A12 1.000).",
    );
  });

  it.each([
    ['no baseline', { samples: [1, 2, 3, 4, 5] }],
    ['four samples', { samples: [1, 2, 3, 4], baseline }],
    ['one number', { value: 3 }],
  ])('cannot be said with %s', (_, given) => {
    expect(one(criterion, { given: { a: given } })).toMatchObject({ outcome: 'inconclusive' });
  });

  it('cannot be said with samples that could never be sure enough', () => {
    const strict = '{ metric: a, statistical: { direction: lower, alpha: 0.01, atLeast: 3 } }';
    expect(one(strict, { given: { a: { samples: [7, 8, 9], baseline: [1, 2, 3] } } }).text).toContain(
      'cannot be sure to 0.01',
    );
  });
});

describe('trends', () => {
  const criterion = '{ metric: a, trend: { direction: lower, tolerance: 1%, last: 10 } }';
  const rising = (step: number) =>
    earlier(
      'a',
      [9, 8, 7, 6, 5, 4, 3, 2, 1].map((index) => 100 + step * index),
    );

  it.each([
    [3, 130, 'fail'],
    [0.5, 105, 'pass'],
    [-3, 70, 'pass'],
  ])('a step of %d a run is a %s', (step, value, outcome) => {
    expect(one(criterion, { given: { a: value }, runs: rising(step) })).toMatchObject({ outcome });
  });

  it('says how fast, over how many runs', () => {
    expect(one(criterion, { given: { a: 130 }, runs: rising(3) })).toMatchObject({
      text: 'a is 130 and changes by 3 a run over 10 runs: a steady rise (p = less than 0.0001, exact).',
      wouldChange: 'It would pass with a rise of 1.15 a run or less, or one that is not steady.',
    });
  });

  it('cannot be said of few runs', () => {
    expect(one(criterion, { given: { a: 130 }, runs: rising(3).slice(0, 6) })).toMatchObject({
      outcome: 'inconclusive',
      text: 'a is 130; 7 runs make no trend, 8 needed.',
    });
  });
});

describe('policies', () => {
  it.each([
    ['metrics.critical == 0', 'pass'],
    ['metrics.critical > 0', 'fail'],
    ["metrics['lines.percent'] >= 80.5", 'pass'],
    ["risk.level != 'high' && risk.score < 50", 'pass'],
    ["gate.name == 'g' && gate.type == null", 'pass'],
    ['metrics.absent == 0', 'inconclusive'],
    ['!has(metrics.absent) || metrics.absent == 0', 'pass'],
    ['metrics.critical', 'inconclusive'],
    ['metrics.critical / 0 == 1', 'inconclusive'],
  ])('%s is a %s', (policy, outcome) => {
    const situation = { given: { critical: 0, 'lines.percent': 81 }, risk: 30 };
    expect(one(`{ name: p, policy: ${JSON.stringify(policy)} }`, situation).outcome).toBe(outcome);
  });

  it('may warn, and knows no risk that was not told', () => {
    const warned = '{ name: p, policy: "metrics.a == 0", warn: "metrics.a < 3" }';
    expect([1, 3].map((a) => one(warned, { given: { a } }).outcome)).toEqual(['warn', 'fail']);
    expect(one('{ name: p, policy: "risk.level == \'low\'" }', { given: {} }).outcome).toBe('inconclusive');
  });

  it('may compute so much and no more, all together', () => {
    const list = `[${Array.from({ length: 300 }, (_, n) => n).join(',')}]`;
    const costly = `- { name: NAME, policy: "${list}.all(a, ${list}.all(b, a + b >= 0))" }`;
    const many = Array.from({ length: 30 }, (_, n) => costly.replace('NAME', `p${n}`));
    const { outcome, criteria } = judge(`${HEAD}criteria:\n${many.join('\n')}\n`, { given: {} });
    expect(outcome).toBe('inconclusive');
    expect(criteria.at(-1)!.text).toContain('cannot be decided');
  });
});

describe('the total', () => {
  const three = (more = '') => `${HEAD}criteria:
- { metric: a, pass: "<= 1", warn: "<= 2", weight: 1, key: true }
- { metric: b, pass: "<= 1", warn: "<= 2", weight: 3 }
- { metric: c, pass: "<= 1", warn: "<= 2", weight: 6 }
${more}`;

  it.each([
    [{ a: 1, b: 1, c: 1 }, 'pass', 100, 100, 'It would no longer pass if one of these failed: a, b and c.'],
    [{ a: 2, b: 1, c: 1 }, 'pass', 95, 95, 'It would no longer pass if one of these failed: a, b and c.'],
    [{ a: 1, b: 3, c: 1 }, 'fail', 70, 70, 'It would pass if b passed.'],
    [{ a: 1, b: 2, c: 1 }, 'warn', 85, 85, 'It would pass if b passed.'],
    [{ a: 3, b: 1, c: 1 }, 'fail', 90, 90, 'It would pass if a passed.'],
    [{ a: 1, b: 3, c: 2 }, 'fail', 40, 40, 'It would pass if b and c passed.'],
    // What is not known: c alone could still decide either way, or nothing at all.
    [{ a: 1, b: 1 }, 'inconclusive', 40, 100, 'It would pass if c passed.'],
    [{ a: 3, b: 1 }, 'fail', 30, 90, 'It would pass if a and c passed.'],
    [{ a: 1, b: 3 }, 'fail', 10, 70, 'It would pass if c and b passed.'],
    [{}, 'inconclusive', 0, 100, 'It would pass if a, c and b passed.'],
  ])('%j is a %s', (given, outcome, score, reachable, wouldChange) => {
    expect(judge(three(), { given })).toMatchObject({ outcome, score, reachable, wouldChange });
  });

  it.each([
    ['missing: fail', 'fail', 40, 40],
    ['missing: ignore', 'pass', 100, 100],
  ])('%s says what becomes of what is not known', (policy, outcome, score, reachable) => {
    expect(judge(three(policy), { given: { a: 1, b: 1 } })).toMatchObject({ outcome, score, reachable });
  });

  it('never passes where nothing could be judged', () => {
    const result = judge(three('missing: ignore'), { given: {} });
    expect(result).toMatchObject({
      outcome: 'inconclusive',
      text: 'The gate g is inconclusive: nothing that decides could be judged.',
    });
    const light = `${HEAD}criteria:\n- { metric: a, pass: "< 1" }\n- { metric: b, pass: "< 1", weight: 0 }\nmissing: ignore\n`;
    expect(judge(light, { given: { b: 9 } })).toMatchObject({
      outcome: 'inconclusive',
      score: 0,
      reachable: 0,
    });
    expect(judge(light, { given: { b: 0 } }).outcome).toBe('inconclusive');
    expect(judge(light, { given: { a: 0, b: 9 } }).outcome).toBe('pass');
  });

  it('passes whatever becomes of something light', () => {
    const light = `${HEAD}criteria:\n- { metric: a, pass: "< 1", weight: 99 }\n- { metric: b, pass: "< 1" }\n`;
    expect(judge(light, { given: { a: 0 } })).toMatchObject({ outcome: 'pass', score: 99, reachable: 100 });
  });

  it('does not know what was measured twice', () => {
    const gate = requireGate(`${HEAD}criteria: [{ metric: a, pass: "< 1" }]`);
    const measurements = [...measure({ a: 0 }), ...measure({ a: 0 })];
    const result = evaluateGate(gate, { measurements, history: { runs: [], notes: [] }, at: AT });
    expect(result).toMatchObject({
      outcome: 'inconclusive',
      criteria: [{ text: 'a is not known, asked for < 1. It was given twice.' }],
    });
  });

  it('is decided by key criteria alone where nothing has a weight', () => {
    const key = `${HEAD}criteria: [{ metric: a, pass: "< 1", weight: 0, key: true }]`;
    expect([0, 2].map((a) => judge(key, { given: { a } }).outcome)).toEqual(['pass', 'fail']);
    expect(judge(key, { given: {} }).outcome).toBe('inconclusive');
  });
});
