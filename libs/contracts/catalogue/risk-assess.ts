import {
  CONFIDENCE_LEVELS,
  ENVIRONMENT_NAME,
  MITIGATION_KINDS,
  RISK_LEVELS,
  type RiskEnvironment,
} from '../judgement/risk.js';
import type { ActionDescription } from './action.js';

export interface RiskAssessInput {
  readonly base?: string;
  readonly head?: string;
  readonly directory?: string;
  readonly environment?: RiskEnvironment;
}

const COMMIT = { type: 'string', minLength: 1, maxLength: 250 } as const;
const COUNT = { type: 'integer', minimum: 0, maximum: 1_000_000 } as const;
const NUMBER = { type: 'number' } as const;
const TEXT = { type: 'string' } as const;
const TEXTS = { type: 'array', items: TEXT } as const;

export const riskAssess = {
  name: 'risk/assess',
  title: 'Assess the risk of a change',
  description:
    'Says how likely a change breaks something, why, and what would help, from the history of a repository in the workspace.',
  queue: 'command',
  workspace: true,
  fillsWorkspace: 'never',
  quick: false,
  inline: false,
  takesSecrets: false,
  input: {
    type: 'object',
    additionalProperties: false,
    properties: {
      base: {
        ...COMMIT,
        description:
          'What the change goes into: a branch, tag or commit; the commit before `head` when absent.',
      },
      head: { ...COMMIT, description: 'The change with all that leads to it.', default: 'HEAD' },
      directory: {
        type: 'string',
        description: 'The repository, in the workspace.',
        minLength: 1,
        maxLength: 1024,
        default: '.',
      },
      environment: {
        type: 'object',
        description: 'How things are where the change goes; what is not known is left out.',
        additionalProperties: false,
        properties: {
          name: {
            ...COMMIT,
            maxLength: 63,
            pattern: ENVIRONMENT_NAME.source,
            description: 'Name of an environment of the project, whose state counts while the run waits.',
          },
          deployments: {
            type: 'object',
            description: 'Recent deployments there.',
            additionalProperties: false,
            required: ['total', 'failed'],
            properties: {
              total: { ...COUNT, description: 'All of them.' },
              failed: { ...COUNT, description: 'Those that failed.' },
            },
          },
          openIncidents: { ...COUNT, description: 'Incidents that are open.' },
          frozen: { type: 'boolean', description: 'Whether a freeze is declared.' },
          commitsTogether: { ...COUNT, description: 'Changes that go out together, this one among them.' },
          canary: { type: 'boolean', description: 'Whether few see it first.' },
        },
      },
    },
  },
  output: {
    type: 'object',
    additionalProperties: false,
    required: [
      'commit',
      'probability',
      'score',
      'level',
      'confidence',
      'contributions',
      'mitigations',
      'model',
      'text',
      'factors',
      'history',
    ],
    properties: {
      commit: { type: 'string', description: 'Full id of `head`.' },
      probability: {
        type: 'number',
        description: 'That the change brings in a defect, from 0 to 1.',
        minimum: 0,
        maximum: 1,
      },
      score: {
        type: 'number',
        description: 'The risk, from 0 to 100: the sum of the points of all contributions.',
        minimum: 0,
        maximum: 100,
      },
      level: { enum: [...RISK_LEVELS], description: 'The score in a word.' },
      confidence: {
        type: 'object',
        description: 'How sure the assessment is.',
        additionalProperties: false,
        required: ['value', 'level', 'reasons'],
        properties: {
          value: { ...NUMBER, description: 'From 0 to 1.' },
          level: { enum: [...CONFIDENCE_LEVELS], description: 'The same in a word.' },
          reasons: { ...TEXTS, description: 'What lowers it.' },
        },
      },
      contributions: {
        type: 'array',
        description: 'What makes the score: where every change starts, then by size.',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['factor', 'words', 'points', 'logOdds'],
          properties: {
            factor: { ...TEXT, description: 'Its name.' },
            words: { ...TEXT, description: 'The same for people.' },
            points: { ...NUMBER, description: 'What it adds; below zero it makes the change safer.' },
            logOdds: { ...NUMBER, description: 'The same in log odds.' },
          },
        },
      },
      mitigations: {
        type: 'array',
        description: 'What would lower the score, the most first.',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['kind', 'words', 'lowersBy', 'scoreAfter', 'logOdds', 'basis'],
          properties: {
            kind: { enum: [...MITIGATION_KINDS], description: 'What to do.' },
            words: { ...TEXT, description: 'The same for people.' },
            lowersBy: { ...NUMBER, description: 'Points by which the score would be lower.' },
            scoreAfter: { ...NUMBER, description: 'The score then.' },
            logOdds: { ...NUMBER, description: 'The same in log odds, below zero.' },
            basis: { enum: ['model', 'rule'], description: 'Who says so: the model, or a stated rule.' },
            files: { ...TEXTS, description: 'Files that it is about.' },
            parts: { type: 'array', items: TEXTS, description: 'Files of each part, where it is split.' },
            reviewer: { ...TEXT, description: 'Who to ask.' },
          },
        },
      },
      model: {
        type: 'object',
        description: 'Which model judged.',
        additionalProperties: false,
        required: ['name', 'version', 'trainedOn', 'digest'],
        properties: {
          name: { ...TEXT, description: 'Its name.' },
          version: { ...TEXT, description: 'Its version.' },
          trainedOn: { ...TEXT, description: 'What it learnt from.' },
          digest: { ...TEXT, description: 'SHA-256 of its data.' },
        },
      },
      text: { ...TEXT, description: 'The whole in a few sentences.' },
      factors: {
        type: 'object',
        description: 'The factors of the change, by name; those beside the fourteen in `more`.',
        additionalProperties: true,
      },
      history: {
        type: 'object',
        description: 'What the factors rest on: `commits`, whether `complete` or `shallow`, `notes`.',
        additionalProperties: true,
      },
    },
  },
} as const satisfies ActionDescription;
