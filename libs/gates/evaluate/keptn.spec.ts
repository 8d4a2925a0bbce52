import { describe, expect, it } from '@jest/globals';
import { earlier, type Given, judge } from '../testing/gates.js';

/**
 * Worked out by hand from the rules of Keptn: github.com/keptn/spec, service_level_objective.md, and where that says
 * nothing, keptn/keptn 1.4.5, lighthouse-service/event_handler/evaluate_sli_handler.go and common.go.
 */
const TOTAL = "total_score: { pass: '90%', warning: '75%' }";

function objective(fields: string, head = ''): string {
  return `spec_version: '1.0'\n${head}\nobjectives:\n- { sli: rt, ${fields} }\n${TOTAL}\n`;
}

function outcomeOf(slo: string, given: Given, values: readonly number[] = []): string {
  return judge(slo, { given, runs: earlier('rt', values) }).criteria[0]!.outcome;
}

describe('the example of the specification', () => {
  const example = objective(
    "pass: [{ criteria: ['<=+10%', '<600'] }], warning: [{ criteria: ['<=800'] }], weight: 2, key_sli: true",
  );

  // With 5 before, what passes is at most 5.5; the warning asks for 800 at most.
  it.each([
    [5, 'pass'],
    [5.5, 'pass'],
    [5.51, 'warn'],
    [800, 'warn'],
    [801, 'fail'],
  ])('%d after 5 is a %s', (value, outcome) => {
    expect(outcomeOf(example, { rt: value }, [5])).toBe(outcome);
  });
});

describe('criteria', () => {
  it.each([
    // Fixed limits.
    ['<10', 10, 'fail'],
    ['<=10', 10, 'pass'],
    ['=10', 10, 'pass'],
    ['>=10', 10, 'pass'],
    ['>10', 10, 'fail'],
    ['< = 10', 10, 'pass'],
    // Percent of 200, with and without a sign: both increase.
    ['<=+10%', 220, 'pass'],
    ['<=10%', 220, 'pass'],
    ['<=+10%', 220.01, 'fail'],
    ['<=-10%', 180, 'pass'],
    ['<=-10%', 181, 'fail'],
    ['>=-10%', 180, 'pass'],
    ['>-8%', 184, 'fail'],
    ['=0%', 200, 'pass'],
    ['=0%', 201, 'fail'],
    // Differences.
    ['<=+5', 205, 'pass'],
    ['<=+5', 206, 'fail'],
    ['<=-5', 195, 'pass'],
    ['<=-5', 196, 'fail'],
    // A sign after the sign, as ParseFloat takes it: 200 - -5.
    ['<=+.5', 200.5, 'pass'],
    ['<=1e2', 100, 'pass'],
  ])('%s of 200: %d is a %s', (criterion, value, outcome) => {
    expect(outcomeOf(objective(`pass: [{ criteria: ['${criterion}'] }]`), { rt: value }, [200])).toBe(
      outcome,
    );
  });

  it('below zero a percentage turns around, as it does there', () => {
    const slo = objective("pass: [{ criteria: ['<=+10%'] }]");
    expect([-111, -110, -109].map((value) => outcomeOf(slo, { rt: value }, [-100]))).toEqual([
      'pass',
      'pass',
      'fail',
    ]);
  });

  it.each([
    // Sets are alternatives; criteria of one set must all hold.
    [150, 'pass'],
    [215, 'pass'],
    [225, 'warn'],
    [235, 'fail'],
    [501, 'fail'],
  ])('sets are alternatives, and the criteria of a set a list: %d after 200 is a %s', (value, outcome) => {
    const slo = objective(
      "pass: [{ criteria: ['<=+10%'] }, { criteria: ['<200'] }], warning: [{ criteria: ['<+15%', '>-8%', '<500'] }]",
    );
    expect(outcomeOf(slo, { rt: value }, [200])).toBe(outcome);
  });

  it('what is relative passes where nothing came before', () => {
    expect(outcomeOf(objective("pass: [{ criteria: ['<=+10%'] }]"), { rt: 9e9 })).toBe('pass');
    expect(outcomeOf(objective("pass: [{ criteria: ['<=+10%', '<600'] }]"), { rt: 600 })).toBe('fail');
  });

  it('fails what gave no value, and a key indicator fails the whole', () => {
    const missing = judge(objective("pass: [{ criteria: ['<600'] }], key_sli: true"), { given: {} });
    expect(missing).toMatchObject({ outcome: 'fail', score: 0, criteria: [{ outcome: 'fail' }] });
  });
});

describe('comparison', () => {
  const runs = [
    ...earlier('rt', [100], { outcome: 'fail' }),
    ...earlier('rt', [200], { outcome: 'warn' }),
    ...earlier('rt', [300, 400, 500], { outcome: 'pass' }),
  ];

  // The number that `=+0` compares with. Ranks of percentiles are p (n + 1), between two values in proportion.
  it.each([
    ['', 100],
    ['comparison: { compare_with: single_result }', 100],
    ['comparison: { compare_with: single_result, number_of_comparison_results: 4 }', 100],
    ['comparison: { compare_with: single_result, include_result_with_score: pass_or_warn }', 200],
    ['comparison: { compare_with: single_result, include_result_with_score: pass }', 300],
    ['comparison: { compare_with: several_results }', 200],
    ['comparison: { compare_with: several_results, number_of_comparison_results: 2 }', 150],
    ['comparison: { include_result_with_score: all }', 200],
    ['comparison: { compare_with: several_results, number_of_comparison_results: 5 }', 300],
    [
      'comparison: { compare_with: several_results, number_of_comparison_results: 5, aggregate_function: p50 }',
      300,
    ],
    [
      'comparison: { compare_with: several_results, number_of_comparison_results: 4, aggregate_function: p50 }',
      250,
    ],
    [
      'comparison: { compare_with: several_results, number_of_comparison_results: 5, aggregate_function: p90 }',
      500,
    ],
    [
      'comparison: { compare_with: several_results, number_of_comparison_results: 5, aggregate_function: p95 }',
      500,
    ],
    [
      'comparison: { compare_with: several_results, number_of_comparison_results: 3, include_result_with_score: pass }',
      400,
    ],
    [
      'comparison: { compare_with: several_results, number_of_comparison_results: 9, include_result_with_score: pass }',
      400,
    ],
  ])('%s compares with %d', (head, compared) => {
    const slo = objective("pass: [{ criteria: ['=+0'] }]", head);
    expect(judge(slo, { given: { rt: compared }, runs }).criteria[0]).toMatchObject({
      outcome: 'pass',
      compared,
    });
  });
});

describe('total score', () => {
  const slo = (weights: readonly [number, number, number], more = '') => `spec_version: '1.0'
objectives:
- { sli: a, weight: ${weights[0]}, pass: [{ criteria: ['<=1'] }], warning: [{ criteria: ['<=2'] }]${more} }
- { sli: b, weight: ${weights[1]}, pass: [{ criteria: ['<=1'] }], warning: [{ criteria: ['<=2'] }] }
- { sli: c, weight: ${weights[2]}, pass: [{ criteria: ['<=1'] }], warning: [{ criteria: ['<=2'] }] }
- { sli: seen }
${TOTAL}
`;

  it.each([
    // All pass; a warning is half: 3.5 of 4; 2.5 of 4; 3 of 4.
    [[1, 1, 2], [1, 1, 1], 'pass', 100],
    [[1, 1, 2], [2, 1, 1], 'warn', 87.5],
    [[1, 1, 2], [2, 3, 1], 'fail', 62.5],
    [[1, 1, 2], [1, 1, 2], 'warn', 75],
    // 92.39 % of the specification: 85 of 92.
    [[85, 7, 0], [1, 3, 1], 'pass', (100 * 86) / 93],
    // A weight of 0 counts 1.
    [[0, 0, 0], [1, 1, 3], 'fail', (100 * 2) / 3],
  ] as const)('weights %j with values %j are a %s of %d', (weights, [a, b, c], outcome, score) => {
    const result = judge(slo(weights), { given: { a, b, c, seen: 7 } });
    expect(result.outcome).toBe(outcome);
    expect(result.score).toBeCloseTo(score, 10);
    expect(result.criteria[3]).toMatchObject({ outcome: 'info', counted: false, value: 7 });
  });

  it('a key indicator fails the whole by failing, not by warning', () => {
    const key = slo([1, 10, 10], ', key_sli: true');
    expect(judge(key, { given: { a: 2, b: 1, c: 1 } }).outcome).toBe('pass');
    expect(judge(key, { given: { a: 3, b: 1, c: 1 } })).toMatchObject({
      outcome: 'fail',
      score: 100 * (20 / 21),
    });
  });

  it('without a warning there is none', () => {
    const without = slo([1, 1, 2]).replace(TOTAL, "total_score: { pass: '90' }");
    expect(judge(without, { given: { a: 2, b: 1, c: 1 } }).outcome).toBe('fail');
  });

  it('passes where nothing is asked, and says so', () => {
    const result = judge(`spec_version: '1.0'\nobjectives: [{ sli: rt }, null]\n${TOTAL}`, {
      given: { rt: 1 },
    });
    expect(result).toMatchObject({ outcome: 'pass', score: 100 });
    expect(result.text).toContain("by Keptn's rules is a pass");
  });

  it('calls an indicator by its display name', () => {
    const named = objective("displayName: Response time, pass: [{ criteria: ['<10'] }], key_sli: true");
    const result = judge(named, { given: { rt: 12 } });
    expect(result.criteria[0]).toMatchObject({
      name: 'rt',
      title: 'Response time',
      text: 'Response time is 12, asked for < 10: 2 too much.',
    });
    expect([result.text, result.wouldChange]).toEqual([
      expect.stringContaining('Key criteria failed: Response time.'),
      'It would pass if Response time passed.',
    ]);
    expect(judge(named, { given: {} }).criteria[0]!.text).toMatch(/^Response time is not known/);
    expect(
      judge(objective("pass: [{ criteria: ['<10'] }]"), { given: { rt: 1 } }).criteria[0],
    ).not.toHaveProperty('title');
  });

  it('knows no risk and no limits that are learnt', () => {
    expect(judge(slo([1, 1, 1]), { given: { a: 1, b: 1, c: 1 }, risk: 100 })).toMatchObject({
      outcome: 'pass',
      adapted: [],
    });
  });
});
