import type { Json, JsonObject } from '../../json.js';
import type { PlanAction } from '../../plan/action.js';
import { COMMON_KEYS, MAX_ATTEMPTS, ON_FAILURE, RETRY_KEYS, STAGE_ON_FAILURE } from '../common-keys.js';
import { CONCURRENCY_KEYS, POLICIES } from '../concurrency.js';
import type { StepKind } from '../definition.js';
import { STEP_KINDS } from '../kinds/table.js';
import { DEFAULTS_KEYS, type TOP_KEYS } from '../read.js';
import { MAX_REFERENCE, REFERENCE_FORMS, SECRET_REFERENCE } from '../secret-reference.js';
import { MAX_SECRETS, SECRET_FORMS, type SECRET_KEYS } from '../secrets.js';
import { MAX_SIZE } from '../size.js';
import { COMPENSATION_KEYS, MAX_LOCKS, type RESOURCE_KEYS, STEP_KEYS } from '../step-keys.js';
import { allowTemplates } from './allow-templates.js';
import { KIND_SCHEMAS } from './kinds/table.js';
import { choice, mapOf, nameText, part, SHARED_PARTS, text, wholeNumber } from './parts.js';

/** An action as an editor shows it. */
export type DescribedAction = PlanAction & { readonly title?: string; readonly description?: string };

type Keys<K extends readonly string[]> = Readonly<Record<K[number], JsonObject>>;

/**
 * JSON Schema (2020-12) of a definition, for editors: what may stand where, with descriptions, and the input of each of
 * these actions. It takes whatever `validate` takes, and refuses wrong keys and types as that does; order, references,
 * ids and expressions are left to `validate`.
 */
export function describeLanguage(actions: Iterable<DescribedAction>): JsonObject {
  const known = [...actions];
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Sluice definition',
    description: 'A workflow: stages in order, each with steps.',
    examples: [
      {
        sluice: 1,
        name: 'hello',
        stages: { main: { steps: { greet: { uses: 'log/write', with: { message: 'Hello.' } } } } },
      },
    ],
    ...mapOf(TOP, { required: ['sluice', 'name', 'stages'] }),
    $defs: {
      ...SHARED_PARTS,
      retry: mapOf(RETRY, {
        required: ['attempts'],
        description: 'How often a failure is tried again.',
        examples: [{ attempts: 3, delay: '2s', factor: 2, maxDelay: '1m' }],
      }),
      secrets: SECRETS,
      stage: describeStage(),
      steps: {
        type: 'object',
        description: 'Steps by id, in order.',
        minProperties: 1,
        propertyNames: part('id'),
        additionalProperties: part('step'),
      },
      step: describeStep(),
      ...describeActions(known),
    },
  };
}

const RETRY: Keys<typeof RETRY_KEYS> = {
  attempts: wholeNumber('Attempts in all, the first included.', 1, MAX_ATTEMPTS),
  delay: part('duration', 'Pause before the second attempt.', { default: '1s' }),
  factor: {
    type: 'number',
    description: 'By how much each pause is longer than the one before.',
    minimum: 1,
    maximum: 100,
    default: 2,
  },
  maxDelay: part('duration', 'The longest pause.', { default: '5m' }),
};

const DEFAULTS: Keys<typeof DEFAULTS_KEYS> = { timeout: part('duration'), retry: part('retry') };

const CONCURRENCY: Keys<typeof CONCURRENCY_KEYS> = {
  group: text('Name of the group; it may hold expressions over `inputs` and `run`.'),
  policy: choice(
    'What becomes of a second run: it waits, cancels the first, or is refused.',
    POLICIES,
    'queue',
  ),
};

const TOP: Keys<typeof TOP_KEYS> = {
  sluice: { const: 1, description: 'The version of the language.' },
  name: part('id', 'Name of the workflow.'),
  description: text('Text for people.'),
  inputs: part('json-schemas', 'JSON Schemas of the inputs, by name. One without `default` is required.'),
  concurrency: mapOf(CONCURRENCY, { required: ['group'], description: 'One run of a group at a time.' }),
  defaults: mapOf(DEFAULTS, { description: 'Of every `uses` step that has none of its own.' }),
  stages: {
    type: 'object',
    description: 'Stages by id, in order.',
    minProperties: 1,
    propertyNames: part('id'),
    additionalProperties: { $ref: '#/$defs/stage' },
  },
  output: { description: 'The output of the run: any value, with expressions.' },
};

const COMMON: Keys<typeof COMMON_KEYS> = {
  name: text('A title for people.'),
  needs: {
    type: 'array',
    description: 'Ids of what must be over before; `[]` starts at once. The one above where it is absent.',
    items: { type: 'string' },
  },
  if: part('condition', 'When it is false, this is skipped.'),
  timeout: part('duration', 'Limit of one attempt.'),
  retry: part('retry'),
  onFailure: choice('What a failure means for the rest.', ON_FAILURE, 'fail'),
};

const size = (description: string): JsonObject => ({
  description,
  anyOf: [
    { type: 'integer', minimum: 1, maximum: MAX_SIZE },
    { type: 'string', pattern: '^\\d{1,16}(B|[kKMGT]B|[KMGT]iB)$' },
  ],
  examples: ['512MiB', '2GiB', '1GB'],
});

const RESOURCES: Keys<typeof RESOURCE_KEYS> = {
  pool: part('id', 'Name of the pool of resources.', { default: 'default' }),
  cpu: { type: 'number', description: 'Cores.', minimum: 0.001, maximum: 10_000 },
  memory: size('Memory.'),
  disk: size('Disk.'),
  slots: wholeNumber('Slots.', 1, 10_000),
};

const COMPENSATION: Keys<typeof COMPENSATION_KEYS> = {
  uses: text('The action that undoes the step.'),
  with: { type: 'object', description: "The action's input; it sees the step itself, too." },
  timeout: part('duration', 'Limit of one attempt.'),
  retry: part('retry'),
  secrets: part('secrets'),
};

const STEP: Keys<typeof STEP_KEYS> = {
  locks: {
    type: 'array',
    description: 'Names of locks that are held while it runs.',
    items: nameText('Name of a lock; it may hold expressions.'),
    maxItems: MAX_LOCKS,
  },
  resources: mapOf(RESOURCES, {
    description: 'What it takes out of a pool while it runs.',
    anyOf: ['cpu', 'memory', 'disk', 'slots'].map((key) => ({ required: [key] })),
  }),
  priority: { ...wholeNumber('Who is served first where many wait: 1, who last: 5.', 1, 5), default: 3 },
  compensate: {
    description: 'Undoes the step where the run is rolled back.',
    allOf: [mapOf(COMPENSATION, { required: ['uses'] }), part('actionUse')],
  },
};

const SECRET_KEY_SCHEMAS: Keys<typeof SECRET_KEYS> = {
  from: text(`${REFERENCE_FORMS}, which the worker resolves.`, {
    pattern: SECRET_REFERENCE,
    maxLength: MAX_REFERENCE,
  }),
  as: choice(
    'Whether the variable holds the secret, or the path of a file with it.',
    SECRET_FORMS,
    'environment',
  ),
};

const SECRETS: JsonObject = {
  type: 'object',
  description: 'Secrets by the name under which the action gets them.',
  propertyNames: part('identifier'),
  maxProperties: MAX_SECRETS,
  additionalProperties: {
    anyOf: [SECRET_KEY_SCHEMAS.from, mapOf(SECRET_KEY_SCHEMAS, { required: ['from'] })],
  },
  examples: [{ TOKEN: 'env:DEPLOY_TOKEN' }],
};

function describeStage(): JsonObject {
  const onFailure = choice('What a failure means for the rest.', STAGE_ON_FAILURE, 'fail');
  return mapOf(
    { ...COMMON, onFailure, steps: part('steps') },
    { required: ['steps'], description: 'A stage.' },
  );
}

/** Of one kind exactly, with the keys of that kind. */
function describeStep(): JsonObject {
  const kinds = STEP_KINDS.map((kind) => [kind, KIND_SCHEMAS[kind]] as const);
  return {
    type: 'object',
    description: 'A step, of one kind.',
    properties: {
      ...COMMON,
      ...STEP,
      ...Object.fromEntries(kinds.map(([kind, { value }]) => [kind, value])),
    },
    oneOf: kinds.map(([kind]) => ({ required: [kind] })),
    allOf: kinds.map(([kind]) => describeKind(kind)),
  };
}

function describeKind(kind: StepKind): JsonObject {
  const { beside = {}, required = [] } = KIND_SCHEMAS[kind];
  const keys = [kind, ...COMMON_KEYS, ...STEP_KEYS];
  const closed = mapOf({ ...Object.fromEntries(keys.map((key) => [key, true])), ...beside }, { required });
  return {
    if: { required: [kind] },
    then: kind === 'uses' ? { allOf: [closed, part('actionUse')] } : closed,
  };
}

/** `actionUse` ties `with` and `secrets` to the action that `uses` names. */
function describeActions(actions: readonly DescribedAction[]): Record<string, Json> {
  const names = actions.map(({ name, title, description }) => ({
    const: name,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
  }));
  const inputs = actions.map((action) => [inputNameOf(action), allowTemplates(action.input)] as const);
  return {
    actionUse: {
      properties: { uses: names.length === 0 ? { type: 'string' } : { anyOf: names } },
      allOf: actions.map((action) => ({
        if: { properties: { uses: { const: action.name } }, required: ['uses'] },
        then: describeUse(action),
      })),
    },
    ...Object.fromEntries(inputs),
  };
}

function describeUse(action: DescribedAction): JsonObject {
  const needed = action.input['required'];
  return {
    properties: {
      with: { $ref: `#/$defs/${inputNameOf(action)}` },
      ...(action.takesSecrets ? {} : { secrets: false }),
    },
    ...(Array.isArray(needed) && needed.length > 0 ? { required: ['with'] } : {}),
  };
}

function inputNameOf({ name }: DescribedAction): string {
  return `with-${name.replaceAll('/', '-')}`;
}
