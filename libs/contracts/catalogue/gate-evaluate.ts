import type { Json, JsonObject } from '#domain/json.js';
import { OUTCOMES } from '../judgement/gate-result.js';
import {
  COMMIT_PATTERN,
  LABEL_PATTERN,
  LABEL_VALUE_PATTERN,
  LONGEST_LABEL,
  MOST_GATE_VERSION,
  MOST_LABELS,
} from '../judgement/gate-subject.js';
import type { BypassMark } from '../rest/gates.js';
import type { ActionDescription } from './action.js';

export interface GateEvaluateInput {
  /** The gate itself, or the name of one that the project keeps. */
  readonly gate: JsonObject | string;
  readonly version?: number | null;
  readonly metrics?: JsonObject;
  readonly risk?: number | null;
  readonly history?: readonly Json[];
  readonly commit?: string | null;
  readonly labels?: Readonly<Record<string, string>>;
  readonly failOn?: readonly FailingOutcome[];
}

/** What the output has of a gate that the project keeps, beside its result. */
export interface KeptGateOutput {
  readonly id: string;
  readonly version: number;
  readonly allowed: boolean;
  readonly bypass?: BypassMark;
}

const OF_KEPT_GATES = ['version', 'commit', 'labels'] as const;
const OF_WRITTEN_GATES = ['history'] as const;

/** Why they do not go with a gate of the kind. */
export function describeMisplaced(isKept: boolean): string {
  return isKept
    ? 'goes with a gate that is written out: one that the project keeps has its own results'
    : 'goes with the name of a gate that the project keeps';
}

/** Inputs that go with the other way to name a gate only. */
export function listMisplaced(input: Readonly<Record<string, unknown>>): readonly string[] {
  const strangers = typeof input['gate'] === 'string' ? OF_WRITTEN_GATES : OF_KEPT_GATES;
  return strangers.filter((name) => input[name] !== undefined && input[name] !== null);
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
        description:
          'The name or id of a gate that the project keeps; or the gate: `gate: 1`, `name`, `criteria`, and where its metrics come from.',
        anyOf: [{ type: 'string', minLength: 1, maxLength: 100 }, { type: 'object' }],
      },
      version: {
        description: 'Of the gate that the project keeps; the newest when absent.',
        anyOf: [{ type: 'integer', minimum: 1, maximum: MOST_GATE_VERSION }, { type: 'null' }],
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
        description:
          'Earlier outputs of a gate that is written out, for criteria that compare with them. One that the project keeps has its own.',
        items: { type: 'object' },
        maxItems: 1000,
      },
      commit: {
        description: 'What is judged, kept with the result: 7 to 64 hexadecimal digits.',
        anyOf: [{ type: 'string', pattern: COMMIT_PATTERN }, { type: 'null' }],
      },
      labels: {
        type: 'object',
        description: 'Whatever tells changes apart, as the environment; kept with the result.',
        maxProperties: MOST_LABELS,
        propertyNames: { pattern: LABEL_PATTERN },
        additionalProperties: { type: 'string', maxLength: LONGEST_LABEL, pattern: LABEL_VALUE_PATTERN },
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
      id: { type: 'string', description: 'Of the result that the project keeps.' },
      version: { type: 'integer', description: 'Of the gate that the project keeps.' },
      allowed: {
        type: 'boolean',
        description: 'Of a gate that the project keeps: passed, or let through by a bypass.',
      },
      bypass: {
        type: 'object',
        description: 'Under which it was let through: `id`, `by`, `reason`, `until`.',
      },
      afterwards: { description: 'What happened after it, said later by who knows.', enum: ['good', 'bad'] },
    },
  },
} as const satisfies ActionDescription;
