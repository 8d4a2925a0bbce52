import { riskAssess } from '../catalogue/risk-assess.js';
import {
  CHANGE_FACTORS,
  type ChangedFile,
  type ChangeFactors,
  FILE_KINDS,
  type PossibleReviewer,
  type RiskEnvironment,
} from './risk.js';
import type { HistoryFacts } from './risk-report.js';

/** Moment and the fourteen factors of an earlier change, in the order of `PAST_COLUMNS`. */
export type PastChange = readonly number[];

export const PAST_COLUMNS = ['at', ...CHANGE_FACTORS] as const;

/** What a program that saw the repository sends of a change, for the server to judge; `sluice risk --json` prints the first two. */
export interface RiskFacts {
  readonly factors: ChangeFactors;
  readonly history?: HistoryFacts;
  readonly files?: readonly ChangedFile[];
  readonly reviewers?: readonly PossibleReviewer[];
  /** The project's latest changes before it, the oldest first; those that were assessed earlier when absent. */
  readonly past?: readonly PastChange[];
  readonly environment?: RiskEnvironment;
  /** Minutes east of Greenwich; without it, the hour is not looked at. */
  readonly utcOffset?: number;
}

const MOST = 1e12;
const AMOUNT = { type: 'number', minimum: 0, maximum: MOST } as const;
const COUNT = { type: 'integer', minimum: 0, maximum: 1_000_000_000 } as const;
const TEXT = { type: 'string', minLength: 1, maxLength: 1_000, pattern: '^\\P{Cc}+$' } as const;
/** Seconds since the epoch, to the year 2200, as in tables that models learn from. */
const MOMENT = { type: 'number', minimum: 0, maximum: 7_258_118_400 } as const;

export const COMMIT_PATTERN = '^[0-9a-f]{7,64}$';

const factors = {
  type: 'object',
  additionalProperties: false,
  required: ['commit', 'at', 'author', ...CHANGE_FACTORS],
  properties: {
    commit: { type: 'string', pattern: COMMIT_PATTERN },
    at: MOMENT,
    author: { type: 'string', maxLength: 1_000, pattern: '^\\P{Cc}*$' },
    ...Object.fromEntries(CHANGE_FACTORS.map((name) => [name, AMOUNT])),
    fix: { type: 'number', minimum: 0, maximum: 1 },
    more: {
      type: 'object',
      maxProperties: 64,
      propertyNames: { pattern: '^[a-z][a-z0-9-]{0,62}$' },
      additionalProperties: { type: 'number', minimum: -MOST, maximum: MOST },
    },
  },
} as const;

const history = {
  type: 'object',
  additionalProperties: false,
  required: ['head', 'commits', 'complete', 'shallow', 'origin', 'notes'],
  properties: {
    base: TEXT,
    head: TEXT,
    commits: COUNT,
    complete: { type: 'boolean' },
    shallow: { type: 'boolean' },
    origin: { enum: ['index', 'index-continued', 'git'] },
    notes: { type: 'array', maxItems: 100, items: TEXT },
  },
} as const;

const file = {
  type: 'object',
  additionalProperties: false,
  required: ['path', 'kind', 'added', 'deleted', 'linesBefore', 'developers', 'ageDays', 'changes'],
  properties: {
    path: { ...TEXT, maxLength: 4_096 },
    kind: { enum: [...FILE_KINDS] },
    added: AMOUNT,
    deleted: AMOUNT,
    linesBefore: AMOUNT,
    developers: AMOUNT,
    ageDays: AMOUNT,
    changes: AMOUNT,
  },
} as const;

const reviewer = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'share', 'exp', 'rexp', 'sexp'],
  properties: {
    name: TEXT,
    share: { type: 'number', minimum: 0, maximum: 1 },
    exp: AMOUNT,
    rexp: AMOUNT,
    sexp: AMOUNT,
  },
} as const;

/** By the name of the fact: a JSON Schema each, which the server checks and describes itself by. */
export const RISK_FACTS_SCHEMAS = {
  factors,
  history,
  files: { type: 'array', maxItems: 1_000, items: file },
  reviewers: { type: 'array', maxItems: 20, items: reviewer },
  past: {
    type: 'array',
    maxItems: 1_000,
    items: { type: 'array', minItems: PAST_COLUMNS.length, maxItems: PAST_COLUMNS.length, items: AMOUNT },
  },
  environment: riskAssess.input.properties.environment,
} as const;
