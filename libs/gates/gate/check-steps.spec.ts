import { describe, expect, it } from '@jest/globals';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { readDefinition } from '#domain/validation/validate.js';
import { withGateChecks } from './check-steps.js';

const definitionOf = (input: string) => `
sluice: 1
name: judged
inputs:
  limit: { type: string, default: "80" }
stages:
  judge:
    steps:
      gate:
        uses: gate/evaluate
        with:
${input.replace(/^/gm, '          ')}
`;

const GATE = 'stages.judge.steps.gate.with';

function check(input: string): string[] {
  return readDefinition(definitionOf(input), withGateChecks(ACTIONS)).findings.map(
    ({ code, path }) => `${code} ${path.replace(GATE, 'with')}`,
  );
}

const gateOf = (rest: string) => `gate:\n  gate: 1\n  name: g\n${rest.replace(/^/gm, '  ')}`;

describe('gates that are written out in steps', () => {
  it.each<[string, string, readonly string[]]>([
    ['a gate that could judge', gateOf('criteria: [{ metric: a, pass: ">= 1" }]'), []],
    ['none at all', 'gate: {}', ['gate', 'name', 'criteria'].map((key) => `key-missing with.gate.${key}`)],
    ['a list', 'gate: [1]', ['action-input-invalid with.gate']],
    [
      'wrong words',
      gateOf('critera: []\ncriteria:\n  - { metric: a, pass: ">> 1", wieght: 2 }\n  - { metric: a }'),
      [
        'key-unknown with.gate.critera',
        'condition-invalid with.gate.criteria[0].pass',
        'key-unknown with.gate.criteria[0].wieght',
        'criterion-kind-missing with.gate.criteria[1]',
        'criterion-duplicate with.gate.criteria[1].metric',
      ],
    ],
    [
      'sources',
      gateOf('criteria: [{ metric: a, pass: ">= 1" }]\nmetrics: { a: { from: lcof } }'),
      ['value-not-allowed with.gate.metrics.a.from'],
    ],
    [
      'objectives',
      'gate: { spec_version: "1.0", objectives: [{ slo: x }] }',
      [
        'key-missing with.gate.objectives[0].sli',
        'key-missing with.gate.total_score',
        'key-unknown with.gate.objectives[0].slo',
      ],
    ],
    [
      'nothing that could fail',
      gateOf('criteria: [{ metric: a, pass: ">= 1", weight: 0 }]'),
      ['weights-zero with.gate.criteria'],
    ],
    [
      'a policy',
      gateOf('criteria: [{ name: p, policy: "metrics.a ==" }]'),
      ['expression-invalid with.gate.criteria[0].policy'],
    ],
  ])('are checked with the definition: %s', (_, input, findings) => {
    expect(check(input).toSorted()).toEqual(findings.toSorted());
  });

  it.each<[string, string, readonly string[]]>([
    ['as a whole', 'gate: "${{ inputs.limit }}"\nhistory: []\ncommit: abcdef0', []],
    [
      'as a condition',
      gateOf('criteria: [{ metric: a, pass: ">= ${{ inputs.limit }}", weigth: 1 }]'),
      ['key-unknown with.gate.criteria[0].weigth'],
    ],
    ['as a list', gateOf('criteria: "${{ inputs.limit }}"'), []],
    ['as a weight', gateOf('criteria: [{ metric: a, pass: ">= 1", weight: "${{ inputs.limit }}" }]'), []],
    [
      'as a total',
      gateOf('total: { pass: "${{ inputs.limit }}", warn: 95% }\ncriteria: [{ metric: a, pass: ">=1" }]'),
      [],
    ],
    [
      'as a name',
      'gate: { gate: 1, name: "${{ inputs.limit }}", criteria: [{ metric: a, pass: ">= 1" }] }',
      [],
    ],
    [
      'as a method',
      gateOf(
        'criteria: [{ metric: a, pass: ">= 1" }]\nmetrics: { a: { from: http, url: "https://${{ inputs.limit }}", method: "${{ inputs.limit }}", body: 1, value: /a } }',
      ),
      [],
    ],
    [
      'beside another criterion',
      gateOf('criteria: [{ metric: "${{ inputs.limit }}", pass: ">= 1" }, { metric: b, pass: "?" }]'),
      ['condition-invalid with.gate.criteria[1].pass'],
    ],
  ])('are left alone where a template stands: %s', (_, input, findings) => {
    expect(check(input)).toEqual(findings);
  });

  it('take what goes with them', () => {
    const own = gateOf('criteria: [{ metric: a, pass: ">= 1" }]');
    expect(check(`${own}\nversion: 2\ncommit: abcdef0\nlabels: { a: b }`)).toEqual([
      'action-input-invalid with.version',
      'action-input-invalid with.commit',
      'action-input-invalid with.labels',
    ]);
    expect(check(`${own}\nhistory: []`)).toEqual([]);
    expect(check('gate: pre-deploy\nversion: 2\ncommit: abcdef0\nlabels: { a: b }')).toEqual([]);
    expect(check('gate: pre-deploy\nhistory: []')).toEqual(['action-input-invalid with.history']);
    expect(check('gate: pre-deploy\ncommit: main')).toEqual(['action-input-invalid with.commit']);
    expect(check('gate: pre-deploy\nversion: 0')).toEqual(['action-input-invalid with.version']);
    expect(check('gate: pre-deploy\nlabels: { "a b": c }')).toEqual([
      'action-input-invalid with.labels["a b"]',
    ]);
    expect(check('gate: pre-deploy\nlabels: { a: "b\\u0007" }')).toEqual([
      'action-input-invalid with.labels.a',
    ]);
  });
});
