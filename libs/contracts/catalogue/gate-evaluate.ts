import type { Json, JsonObject } from '#domain/json.js';
import { OUTCOMES } from '../judgement/gate-result.js';
import type { ActionDescription } from './action.js';

export interface GateEvaluateInput {
  readonly gate: JsonObject;
  readonly metrics?: JsonObject;
  readonly risk?: number | null;
  readonly history?: readonly Json[];
  readonly failOn?: readonly FailingOutcome[];
}

const FAILING_OUTCOMES = ['fail', 'inconclusive', 'warn'] as const;

export type FailingOutcome = (typeof FAILING_OUTCOMES)[number];

export const DEFAULT_FAIL_ON: readonly FailingOutcome[] = ['fail', 'inconclusive'];

const PERCENT = { type: 'number', minimum: 0, maximum: 100 } as const;

export const gateEvaluate = {
  name: 'gate/evaluate',
  title: 'Judge by a gate',
  description:
    'Collects what the gate asks for, judges it, and answers with the outcome and its reasons. The step fails when the gate does, or when it cannot be judged.',
  queue: 'quality',
  workspace: false,
  fillsWorkspace: 'never',
  quick: false,
  inline: false,
  takesSecrets: false,
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['gate'],
    properties: {
      gate: {
        type: 'object',
        description: 'The gate: `gate: 1`, `name`, `criteria`, and where its metrics come from.',
      },
      metrics: {
        type: 'object',
        description:
          'Metrics by name: a number, a list of samples, null, or `{ value, unit }`. They go before the sources of the gate.',
        maxProperties: 5000,
      },
      risk: { description: 'Score of the change, 0 to 100.', anyOf: [PERCENT, { type: 'null' }] },
      history: {
        type: 'array',
        description: 'Earlier outputs of this gate, for criteria that compare with them.',
        items: { type: 'object' },
        maxItems: 1000,
      },
      failOn: {
        type: 'array',
        description: 'Outcomes that fail the step; with none of them, ask for `output.outcome`.',
        items: { enum: FAILING_OUTCOMES },
        uniqueItems: true,
        default: DEFAULT_FAIL_ON,
      },
    },
  },
  output: {
    type: 'object',
    additionalProperties: false,
    required: [
      'gate',
      'at',
      'outcome',
      'score',
      'reachable',
      'thresholds',
      'criteria',
      'adapted',
      'notes',
      'text',
    ],
    properties: {
      gate: { type: 'string', description: 'Name of the gate.' },
      type: { type: 'string', description: 'Its type: `pre-deploy`.' },
      at: { type: 'string', description: 'When it was judged, as ISO 8601 in UTC.' },
      outcome: { description: 'What it says.', enum: OUTCOMES },
      score: { ...PERCENT, description: 'Percent of the weights that count.' },
      reachable: { ...PERCENT, description: 'The score, had all that could not be judged passed.' },
      thresholds: { type: 'object', description: 'Percent that `pass` and `warn` ask for.' },
      risk: { ...PERCENT, description: 'As it was given.' },
      criteria: {
        type: 'array',
        description:
          'In the order of the gate: `name`, `outcome`, `value`, `expected`, `text`, and what would change it.',
        items: { type: 'object' },
      },
      adapted: {
        type: 'array',
        description: 'Limits that were not those written, and why.',
        items: { type: 'object' },
      },
      notes: { type: 'array', description: 'What was left out, and why.', items: { type: 'string' } },
      text: { type: 'string', description: 'All of it in a sentence.' },
      wouldChange: { type: 'string', description: 'What would change the outcome.' },
      afterwards: { description: 'What happened after it, said later by who knows.', enum: ['good', 'bad'] },
    },
  },
} as const satisfies ActionDescription;
