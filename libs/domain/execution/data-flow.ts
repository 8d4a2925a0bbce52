import { evaluateTemplate } from '../expressions/evaluate.js';
import type { Json, JsonObject } from '../json.js';
import type { PlanNode, Template } from '../plan/plan.js';
import { explainMisfit } from '../validation/value-schema.js';
import { engineError } from './failures.js';
import type { Instance } from './instance.js';
import { exceedsValueLimit } from './limits.js';
import type { ScopePlace } from './scope.js';
import type { StepState } from './state.js';
import type { StepError } from './step-error.js';
import type { Turn } from './turn.js';

/** What data goes through on its way into a run or a step, and out of it again. */

type Flow = { readonly value: Json } | { readonly error: StepError };

/** The run's input, for its first step. */
export function takeRunInput(turn: Turn): StepError | undefined {
  const { data } = turn.plan;
  if (data === undefined) return undefined;
  const { inputs } = turn.state;
  const flow =
    check(data.inputSchema, inputs, '`input.schema`') ??
    transform(turn, data.from, inputs, undefined, '`input.from`');
  if ('error' in flow) return flow.error;
  turn.state.input = flow.value;
  turn.state.context = flow.value;
  return undefined;
}

/** The run's output, out of that of its last step. */
export function giveRunOutput(turn: Turn, output: Json): Flow {
  const { as, outputSchema } = turn.plan.data!;
  const flow = transform(turn, as, output, undefined, '`output.as`');
  if ('error' in flow) return flow;
  return check(outputSchema, flow.value, '`output.schema`') ?? flow;
}

/** The step's input, out of what its sequence hands it. */
export function takeInput(
  turn: Turn,
  { node, iterations }: Instance,
  step: StepState,
  handed: Json,
): StepError | undefined {
  const { inputSchema, from } = node.dataFlow!;
  const place = { node, iterations };
  const flow =
    check(inputSchema, handed, '`input.schema`') ?? transform(turn, from, handed, place, '`input.from`');
  if ('error' in flow) return flow.error;
  step.data = flow.value;
  return undefined;
}

/** The step's output, out of what it answers; also what it exports. */
export function giveOutput(
  turn: Turn,
  { node, iterations }: Instance,
  step: StepState,
  answer: Json | undefined,
): Flow {
  const { result, as, outputSchema, export: exported, exportSchema } = node.dataFlow!;
  const place = { node, iterations };
  const raw =
    answer === undefined
      ? { value: step.data ?? null }
      : transform(turn, result, answer, place, 'its result');
  if ('error' in raw) return raw;
  const made = transform(turn, as, raw.value, place, '`output.as`');
  if ('error' in made) return made;
  const misfit = check(outputSchema, made.value, '`output.schema`');
  if (misfit !== undefined || exported === undefined) return misfit ?? made;
  const context = transform(turn, exported, made.value, { ...place, output: made.value }, '`export.as`');
  if ('error' in context) return context;
  const unfit = check(exportSchema, context.value, '`export.schema`');
  if (unfit !== undefined) return unfit;
  turn.state.context = context.value;
  return made;
}

function transform(
  turn: Turn,
  template: Template | undefined,
  value: Json,
  place:
    | { readonly node: PlanNode; readonly iterations: readonly number[]; readonly output?: Json }
    | undefined,
  where: string,
): Flow {
  if (template === undefined) return { value };
  const scope: ScopePlace = { ...place, value };
  const result = evaluateTemplate(template, turn.scopeAt(scope));
  if (!result.ok) return { error: engineError(result.code, `In ${where}: ${result.message}`) };
  if (exceedsValueLimit(result.value)) return { error: engineError('output-too-large', `In ${where}.`) };
  return { value: result.value };
}

function check(
  schema: JsonObject | undefined,
  value: Json,
  where: string,
): { readonly error: StepError } | undefined {
  const misfit = schema === undefined ? undefined : explainMisfit(schema, value);
  return misfit === undefined ? undefined : { error: engineError('data-invalid', `In ${where}: ${misfit}`) };
}
