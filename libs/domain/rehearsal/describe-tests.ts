import { mapOf, part, SHARED_PARTS, text, wholeNumber } from '../definition/schema/parts.js';
import { FAILURE_CLASSES } from '../execution/step-error.js';
import type { JsonObject } from '../json.js';
import type { EVENT_KEYS, VOTE_KEYS } from './read-answers.js';
import {
  type ERROR_EXPECT_KEYS,
  type EXPECT_KEYS,
  SKIP_REASONS,
  type STEP_EXPECT_KEYS,
} from './read-expectation.js';
import type { ERROR_KEYS, REPLY_KEYS } from './read-mocks.js';
import type { CANCEL_KEYS, FILE_KEYS, TEST_KEYS } from './read-tests.js';
import { RUN_ENDS, SETTLED_STATUSES } from './test-file.js';

type Keys<K extends readonly string[]> = Readonly<Record<K[number], JsonObject>>;

const choice = (description: string, values: readonly string[]): JsonObject => ({
  description,
  enum: values,
});

const local = (name: string, description?: string): JsonObject => ({
  $ref: `#/$defs/${name}`,
  ...(description === undefined ? {} : { description }),
});

/**
 * JSON Schema (2020-12) of a file of tests, for editors. Whether steps, actions and inputs are there is left to
 * `sluice test`, which knows the definition.
 */
export function describeTests(): JsonObject {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Tests of a Sluice definition',
    description: 'Runs of a definition with mocked actions, and what is expected of them.',
    examples: [
      {
        definition: './hello.yaml',
        tests: [{ name: 'greets', mocks: { 'log/write': {} }, expect: { status: 'succeeded' } }],
      },
    ],
    ...mapOf(FILE, { required: ['tests'] }),
    $defs: {
      duration: SHARED_PARTS.duration,
      test: mapOf(TEST, { required: ['name', 'expect'], description: 'One run and what is expected of it.' }),
      mocks: MOCKS,
      allow: ALLOW,
      reply: mapOf(REPLY, { description: 'How one call goes; `{}` succeeds with an empty map.' }),
      answer: ANSWER,
      event: mapOf(EVENT, { required: ['name'], description: 'An event that the run hears of.' }),
      expect: mapOf(EXPECT, { minProperties: 1, description: 'What must come of it.' }),
      step: mapOf(STEP, { description: 'What must come of a step.' }),
      error: {
        description: 'The code of the error, or a map.',
        anyOf: [{ type: 'string' }, mapOf(ERROR_EXPECT)],
      },
      keys: {
        type: 'array',
        description: 'Steps: an id, or an id and the turns of its loops, `deploy[2]`.',
        items: { type: 'string' },
      },
    },
  };
}

const FILE: Keys<typeof FILE_KEYS> = {
  definition: text('Path of the definition, seen from this file; where absent, this name without `.test`.'),
  mocks: local('mocks', 'For every test; those of a test go over them.'),
  allow: local('allow', 'For every test.'),
  tests: { type: 'array', items: local('test'), minItems: 1, maxItems: 1_000 },
};

const CANCEL: Keys<typeof CANCEL_KEYS> = {
  after: part('duration', 'Since the start of the run.'),
  compensate: { type: 'boolean', description: 'What was done is undone.', default: false },
};

const TEST: Keys<typeof TEST_KEYS> = {
  name: text('What the test shows; no two of a file have the same.'),
  inputs: { type: 'object', description: 'Inputs of the run; defaults are filled in.' },
  mocks: local('mocks'),
  allow: local('allow'),
  answers: {
    type: 'object',
    description: 'What people do at approvals, and at steps with `onFailure: intervene`.',
    additionalProperties: local('answer'),
  },
  events: { type: 'array', items: local('event'), maxItems: 1_000 },
  clock: text('Moment at which the run starts (RFC 3339); 2026-01-01T00:00:00Z where absent.'),
  cancel: mapOf(CANCEL, { required: ['after'], description: 'The run is canceled.' }),
  expect: local('expect'),
};

const MOCKS: JsonObject = {
  type: 'object',
  description:
    'What stands in for actions and runs of other workflows: by step (`deploy[2]`, `deploy`), or by name of the action.',
  additionalProperties: {
    description: 'One reply, or one per call; the last that fits stays.',
    anyOf: [local('reply'), { type: 'array', items: local('reply'), minItems: 1, maxItems: 1_000 }],
  },
};

const ALLOW: JsonObject = {
  type: 'array',
  description: 'Actions that are really done, here and now, where they are not mocked.',
  items: { type: 'string' },
};

const ERROR: Keys<typeof ERROR_KEYS> = {
  code: text('As `catch` and later steps see it.'),
  class: choice('Its class.', FAILURE_CLASSES),
  message: text('What it says.'),
  details: { description: 'Facts that come with it.' },
  retryable: { type: 'boolean', description: 'Whether `retry` may try again.', default: true },
};

const REPLY: Keys<typeof REPLY_KEYS> = {
  when: { type: 'string', description: 'CEL over `input`, `step` and `attempt`: which calls it is for.' },
  takes: part('duration', 'Time that the call takes; past the limit of the step, it fails by it.'),
  output: { description: 'What it puts out.' },
  error: {
    description: 'It fails: the code of the error, or a map.',
    anyOf: [{ type: 'string' }, mapOf(ERROR, { required: ['code'] })],
  },
};

const VOTE: Keys<typeof VOTE_KEYS> = {
  by: text('Who decides; where absent, as many people as are needed.'),
  reason: text('Why.'),
  inputs: { type: 'object', description: 'What the approval asks for.' },
};

const ANSWER: JsonObject = {
  description: 'One word, or one thing with what belongs to it.',
  anyOf: [
    choice('Without more.', ['approve', 'reject', 'retry', 'skip']),
    {
      ...mapOf({
        approve: mapOf(VOTE),
        reject: mapOf(VOTE),
        retry: { type: 'object', description: 'Input of the action in place of what the definition says.' },
        skip: { description: 'What needs it runs all the same.' },
        complete: { description: 'Its output.' },
      }),
      minProperties: 1,
      maxProperties: 1,
    },
  ],
};

const EVENT: Keys<typeof EVENT_KEYS> = {
  name: text('Its name.'),
  data: { description: 'What comes with it; null where absent.' },
  after: part('duration', 'Since the start of the run; at once where absent.'),
};

const ERROR_EXPECT: Keys<typeof ERROR_EXPECT_KEYS> = {
  code: text('Its code.'),
  message: text('Part of its message.'),
};

const EXPECT: Keys<typeof EXPECT_KEYS> = {
  status: choice('How the run ends.', RUN_ENDS),
  output: { description: 'Its output, exactly.' },
  error: local('error', 'Its error.'),
  check: {
    description: 'CEL over `status`, `output`, `error`, `inputs` and `steps`; each must be true.',
    anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
  },
  steps: { type: 'object', description: 'By step.', additionalProperties: local('step') },
  order: {
    type: 'array',
    description: 'In each list, a step is over before the next begins.',
    items: local('keys'),
  },
  notRun: local('keys', 'Steps that do not run.'),
  findings: {
    type: 'array',
    description: 'Codes of what is wrong with the definition: it is not run then.',
    items: { type: 'string' },
  },
};

const STEP: Keys<typeof STEP_EXPECT_KEYS> = {
  status: choice('How it ended; `not-run` where its turn never came.', SETTLED_STATUSES),
  skipped: choice('Why it was skipped.', SKIP_REASONS),
  attempts: wholeNumber('How often it was tried.', 0, 100_000),
  input: { description: 'Its input as resolved, exactly.' },
  output: { description: 'Its output, exactly.' },
  error: local('error'),
};
