import type { Definition, StageDefinition } from '../../definition/definition.js';
import type { Json, JsonObject } from '../../json.js';
import { below, type ExportTarget, type Writing } from '../target.js';
import { HANDLERS } from './handlers.js';
import { writeRetry } from './write-retry.js';
import { StepWriter } from './write-step.js';

/** What the schema of a variable may say in a list of steps. */
const SCHEMA_KEYS: ReadonlySet<string> = new Set([
  'type',
  'default',
  'description',
  'enum',
  'pattern',
  'minimum',
  'maximum',
  'items',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'format',
]);

export const stepsTarget: ExportTarget = {
  comparesPlans: true,
  write(definition, writing, plain) {
    const { name, description, defaults, concurrency, output } = definition;
    if (concurrency !== undefined)
      writing.refuse(
        below(undefined, 'concurrency'),
        'A list of steps does not say which runs take turns.',
        'Remove `concurrency`.',
      );
    return {
      name,
      ...(description === undefined ? {} : { description }),
      ...writeVariables(definition, writing),
      ...(defaults.timeout === undefined ? {} : { defaultTimeout: defaults.timeout }),
      ...(defaults.retry === undefined ? {} : { retryPolicy: writeRetry(defaults.retry) }),
      ...writeStages(definition, new StepWriter(writing, plain, readOutputs(definition)), writing),
      ...(output === undefined ? {} : { output }),
    };
  },
};

function writeVariables({ inputs }: Definition, writing: Writing): JsonObject {
  const variables: [string, Json][] = [];
  for (const [name, schema] of Object.entries(inputs)) {
    const path = below(undefined, 'inputs', name);
    for (const key of Object.keys(schema)) {
      if (!SCHEMA_KEYS.has(key))
        writing.refuse(
          below(path, key),
          `A variable of a list of steps has no \`${key}\`.`,
          'Remove it, or check the value in a step.',
        );
    }
    // Whatever is used and not declared is such a variable.
    if (Object.keys(schema).length > 0) variables.push([name, schema]);
  }
  return variables.length === 0 ? {} : { variables: Object.fromEntries(variables) };
}

function writeStages({ stages }: Definition, steps: StepWriter, writing: Writing): JsonObject {
  const ids = [...stages.keys()];
  const isHandler = ids.map((id, at) => HANDLERS.some((each) => each.isMeant(stages.get(id)!, ids, at)));
  const main = ids.filter((_, at) => !isHandler[at]);
  const handlers = ids.filter((_, at) => isHandler[at]);
  const written = main.map((id) => {
    const stage = stages.get(id)!;
    refuseStageKeys(stage, main, writing);
    return {
      id,
      ...(stage.name === undefined ? {} : { name: stage.name }),
      steps: steps.writeBlock(stage.steps, below(undefined, 'stages', id, 'steps')),
    };
  });
  const [only, ...others] = written;
  const timeout = others.length === 0 ? stages.get(main[0]!)?.timeout : undefined;
  return {
    ...(timeout === undefined ? {} : { timeout }),
    ...(only?.id === 'main' && only.name === undefined && others.length === 0
      ? { steps: only.steps }
      : { stages: written }),
    ...Object.fromEntries(
      handlers.map((id) => [
        HANDLERS.find((each) => each.id === id)!.key,
        steps.writeBlock(stages.get(id)!.steps, below(undefined, 'stages', id, 'steps')),
      ]),
    ),
  };
}

function refuseStageKeys(stage: StageDefinition, main: readonly string[], writing: Writing): void {
  const path = below(undefined, 'stages', stage.id);
  const at = main.indexOf(stage.id);
  const above = at === 0 ? [] : [main[at - 1]!];
  const refuse = (key: string, hint: string) =>
    writing.refuse(below(path, key), `A stage of a list of steps has no \`${key}\`.`, hint);
  if (stage.needs !== undefined && stage.needs.join() !== above.join())
    refuse('needs', 'Let the stages follow one another as they are written.');
  if (stage.if !== undefined) refuse('if', 'Write the condition into its steps.');
  if (stage.timeout !== undefined && main.length > 1) refuse('timeout', 'Limit its steps.');
  if (stage.retry !== undefined) refuse('retry', 'Write it into its steps.');
  if (stage.onFailure !== undefined && stage.onFailure !== 'fail')
    refuse('onFailure', 'Write it into its steps.');
  if (stage.resources !== undefined) refuse('resources', 'Remove it.');
  if (stage.priority !== undefined) refuse('priority', 'Remove it.');
}

/** Ids of steps whose output something in the definition reads. */
function readOutputs(definition: Definition): ReadonlySet<string> {
  const text = JSON.stringify(definition, (_, value: unknown) =>
    value instanceof Map ? Object.fromEntries(value) : value,
  );
  const named = text.matchAll(/\bsteps(?:\.([\w-]+)|\[\s*\\?["']([^"'\\]+)\\?["']\s*\])(\.status\b)?/g);
  return new Set(
    [...named].flatMap(([, dotted, quoted, status]) => (status === undefined ? [dotted ?? quoted!] : [])),
  );
}
