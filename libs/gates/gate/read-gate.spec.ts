import { describe, expect, it } from '@jest/globals';
import { readGate } from './read-gate.js';

const HEAD = 'gate: 1\nname: pre-deploy\n';

function findings(text: string): readonly string[] {
  return readGate(text).findings.map(({ code, path, line, column }) => `${code} ${path} ${line}:${column}`);
}

/** One criterion at line 4. */
function criterion(text: string): string {
  return `${HEAD}criteria:\n- ${text}\n`;
}

describe('readGate', () => {
  it('reads a gate with all its kinds of criteria', () => {
    const { gate } = readGate(`${HEAD}type: pre-deploy
metrics:
  coverage: { from: lcov, files: coverage/lcov.info, value: lines.percent }
criteria:
  - { metric: coverage, pass: ">= 80", warn: ">= 75", weight: 2, key: true }
  - { metric: p95, pass: ["<= 300ms", "<= +10%"], compare: { with: p90, last: 20, of: all, atLeast: 5 } }
  - { metric: p95, name: learnt, pass: "<= 300ms", adapt: { floor: "<= 500ms" } }
  - { metric: latency, statistical: { direction: lower, effect: large }, missing: fail }
  - { metric: size, trend: { direction: lower, tolerance: 1% } }
  - { name: calm, policy: "risk.level != 'high'", warn: "metrics.critical == 0" }
total: { pass: 95, warn: 80% }
missing: ignore
risk: { from: 40, tighten: 30% }
`);
    expect(gate).toMatchObject({
      name: 'pre-deploy',
      type: 'pre-deploy',
      rules: 'sluice',
      total: { pass: 95, warn: 80 },
      strictness: { from: 40, tighten: 30 },
      criteria: [
        { name: 'coverage', kind: 'threshold', weight: 2, key: true, missing: 'ignore' },
        { name: 'p95', compare: { with: 'p90', last: 20, of: 'all', atLeast: 5, fewer: 'inconclusive' } },
        { name: 'learnt', adapt: { floor: { amount: 500 }, quantile: 95, atLeast: 20, last: 200 } },
        { name: 'latency', kind: 'statistical', effect: 'large', alpha: 0.05, missing: 'fail' },
        { name: 'size', kind: 'trend', tolerance: 1, last: 20, atLeast: 8 },
        { name: 'calm', kind: 'policy', warn: 'metrics.critical == 0' },
      ],
    });
    expect(gate!.metrics).toHaveProperty('coverage.from', 'lcov');
  });

  it.each([
    ['an empty text', '', ['gate-not-a-map  1:1']],
    ['a list', '[1]', ['gate-not-a-map  1:1']],
    [
      'another version',
      'gate: 2\nname: a\ncriteria: [{ metric: a, pass: "< 1" }]',
      ['gate-version-unsupported gate 1:7'],
    ],
    ['no criteria', HEAD, ['key-missing criteria 1:1']],
    ['an empty list', `${HEAD}criteria: []`, ['value-out-of-range criteria 3:1']],
    [
      'an unknown key',
      criterion('{ metric: a, pass: "< 1", wieght: 2 }'),
      ['key-unknown criteria[0].wieght 4:29'],
    ],
    [
      'an unknown key without a kind',
      criterion('{ metric: a, pas: "< 1" }'),
      ['criterion-kind-missing criteria[0] 4:3', 'key-unknown criteria[0].pas 4:16'],
    ],
    [
      'two kinds',
      criterion('{ metric: a, pass: "< 1", trend: { direction: lower } }'),
      ['criterion-kind-ambiguous criteria[0].trend 4:29'],
    ],
    [
      'a key of another kind',
      criterion('{ metric: a, pass: "< 1", statistical2: 1 }'),
      ['key-unknown criteria[0].statistical2 4:29'],
    ],
    ['no metric', criterion('{ pass: "< 1" }'), ['key-missing criteria[0].metric 4:3']],
    ['a policy without a name', criterion('{ policy: "true" }'), ['key-missing criteria[0].name 4:3']],
    ['a condition', criterion('{ metric: a, pass: "about 3" }'), ['condition-invalid criteria[0].pass 4:22']],
    ['a bare number', criterion('{ metric: a, pass: 3 }'), ['type-mismatch criteria[0].pass 4:22']],
    [
      'units of two kinds',
      criterion('{ metric: a, pass: ["< 1ms", "< 1KB"] }'),
      ['condition-units criteria[0].pass 4:16'],
    ],
    [
      'a warning before the pass',
      criterion('{ metric: a, pass: "<= 3s", warn: "<= 20ms" }'),
      ['condition-unreachable criteria[0].warn 4:37'],
    ],
    [
      'a negative weight',
      criterion('{ metric: a, pass: "< 1", weight: -1 }'),
      ['value-out-of-range criteria[0].weight 4:37'],
    ],
    [
      'half a weight',
      criterion('{ metric: a, pass: "< 1", weight: 0.5 }'),
      ['type-mismatch criteria[0].weight 4:37'],
    ],
    ['weights of nothing', criterion('{ metric: a, pass: "< 1", weight: 0 }'), ['weights-zero criteria 3:1']],
    [
      'a number beyond all',
      criterion('{ metric: a, pass: "< 1", weight: 1e400 }'),
      ['number-out-of-range criteria[0].weight 4:37'],
    ],
    [
      'not a number',
      criterion('{ metric: a, pass: "< 1", weight: .nan }'),
      ['number-out-of-range criteria[0].weight 4:37'],
    ],
    [
      'a name twice',
      `${criterion('{ metric: a, pass: "< 1" }')}- { metric: a, pass: "< 2" }`,
      ['criterion-duplicate criteria[1].metric 5:13'],
    ],
    [
      'a key twice',
      criterion('{ metric: a, pass: "< 1", pass: "< 2" }'),
      ['key-duplicate criteria[0].pass 4:29'],
    ],
    [
      'a floor of the other direction',
      criterion('{ metric: a, pass: "< 1", adapt: { floor: "> 2" } }'),
      ['criterion-kind-ambiguous criteria[0].adapt 4:29'],
    ],
    [
      'a floor that is stricter',
      criterion('{ metric: a, pass: "< 3", adapt: { floor: "< 2" } }'),
      ['condition-unreachable criteria[0].adapt.floor 4:45'],
    ],
    [
      'no floor',
      criterion('{ metric: a, pass: "< 3", adapt: {} }'),
      ['key-missing criteria[0].adapt.floor 4:29'],
    ],
    [
      'no direction',
      criterion('{ metric: a, trend: { last: 20 } }'),
      ['key-missing criteria[0].trend.direction 4:16'],
    ],
    [
      'more than are looked at',
      criterion('{ metric: a, pass: "< +1", compare: { last: 2, atLeast: 3 } }'),
      ['value-out-of-range criteria[0].compare 4:30'],
    ],
    [
      'an expression',
      criterion('{ name: a, policy: "metrics.a ==" }'),
      ['expression-invalid criteria[0].policy 4:33'],
    ],
    [
      'a name that policies do not know',
      criterion('{ name: a, policy: "steps.a == 1" }'),
      ['reference-unknown-name criteria[0].policy 4:23'],
    ],
    [
      'an unreachable total',
      `${criterion('{ metric: a, pass: "< 1" }')}total: { pass: 50, warn: 60 }`,
      ['condition-unreachable total.warn 5:26'],
    ],
    [
      'a total of nothing',
      `${criterion('{ metric: a, pass: "< 1" }')}total: { pass: 0% }`,
      ['value-out-of-range total.pass 5:16'],
    ],
    [
      'a terminal command as a name',
      criterion('{ metric: "a\\eb", pass: "< 1" }'),
      ['value-out-of-range criteria[0].metric 4:13'],
    ],
    [
      'a source that is none',
      `${criterion('{ metric: a, pass: "< 1" }')}metrics: { a: { from: nowhere } }`,
      ['value-not-allowed metrics.a.from 5:23'],
    ],
    [
      'a bomb of aliases',
      `a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d]`,
      ['alias-expansion'],
    ],
    ['depth', `a: ${'['.repeat(5_000)}`, ['tree-too-deep']],
  ])('refuses %s', (_, text, expected) => {
    const found = findings(text);
    for (const each of expected)
      expect(found.find((finding) => finding.startsWith(each)) ?? found).toContain(each);
  });

  it('refuses 10,000 criteria and 257 KiB, at once', () => {
    const many = `${HEAD}criteria:\n${Array.from({ length: 10_000 }, (_, n) => `- {metric: m${n}}`).join('\n')}`;
    expect(findings(many)).toEqual(['value-out-of-range criteria 3:1']);
    expect(findings(`${HEAD}description: ${'x'.repeat(257 * 1024)}`)).toEqual(['gate-too-large  1:1']);
  });

  it('proposes the word that was meant', () => {
    const [finding] = readGate(criterion('{ metric: a, pass: "< 1", wieght: 2 }')).findings;
    expect(finding!.hint).toBe('Did you mean "weight"?');
  });
});

describe('files of objectives', () => {
  const TOTAL = "\ntotal_score: { pass: '90%', warning: '75%' }\n";
  const one = (fields: string) => `spec_version: '1.0'\nobjectives:\n- { ${fields} }${TOTAL}`;

  it.each([
    [
      'another version',
      `spec_version: '2.0'\nobjectives: [{ sli: a }]${TOTAL}`,
      'gate-version-unsupported spec_version 1:15',
    ],
    ['no objectives', `spec_version: '1.0'\nobjectives: []${TOTAL}`, 'value-out-of-range objectives 2:1'],
    ['no total', "spec_version: '1.0'\nobjectives: [{ sli: a }]", 'key-missing total_score 1:1'],
    [
      'a criterion',
      one("sli: a, pass: [{ criteria: ['<=fast'] }]"),
      'condition-invalid objectives[0].pass[0].criteria[0] 3:33',
    ],
    [
      'a set of nothing',
      one('sli: a, pass: [{ criteria: [] }]'),
      'value-out-of-range objectives[0].pass[0].criteria 3:22',
    ],
    [
      'a name too long to show',
      one(`sli: a, displayName: ${'x'.repeat(101)}`),
      'value-out-of-range objectives[0].displayName 3:26',
    ],
    ['a weight', one('sli: a, weight: -1'), 'value-out-of-range objectives[0].weight 3:21'],
    [
      'an indicator twice',
      `spec_version: '1.0'\nobjectives:\n- { sli: a }\n- { sli: a }${TOTAL}`,
      'criterion-duplicate objectives[1] 4:3',
    ],
    ['an unknown key', one('sli: a, keysli: true'), 'key-unknown objectives[0].keysli 3:13'],
    [
      'an unknown function',
      `spec_version: '1.0'\ncomparison: { aggregate_function: p99 }\nobjectives: [{ sli: a }]${TOTAL}`,
      'value-not-allowed comparison.aggregate_function 2:35',
    ],
  ])('refuses %s', (_, text, expected) => {
    expect(findings(text)).toContain(expected);
  });

  it('takes a version without quotes, and passes over filters and empty items', () => {
    const text = `spec_version: 1.0\nfilter: { id: x }\nobjectives: [null, { sli: a, displayName: ' What  A is ' }, { sli: b, displayName: '' }]${TOTAL}`;
    expect(readGate(text)).toMatchObject({
      findings: [],
      gate: { rules: 'keptn', criteria: [{ name: 'a', title: 'What A is', weight: 1 }, { name: 'b' }] },
    });
  });
});
