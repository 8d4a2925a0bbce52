import { isJsonObject, type Json, type JsonObject } from '../json.js';
import type { Plan, PlanNode } from '../plan/plan.js';
import { frameKey, type Instance, stepKey } from './instance.js';
import { blockNumber, containerOf } from './place.js';
import type { ScopePlace } from './scope.js';
import type { RunState, StepState } from './state.js';
import { lookUpVariable } from './variables.js';

/** What expressions of a sequence see beside the data that they are asked about. */

/** The data itself: what is asked about, or the input of the step. */
export function lookUpValue(state: RunState, place: ScopePlace | undefined): Json | undefined {
  if (place?.value !== undefined) return place.value;
  return stepAt(state, place)?.data;
}

/** @param name without its `$` */
export function lookUpArgument(
  plan: Plan,
  state: RunState,
  place: ScopePlace | undefined,
  name: string,
): Json | undefined {
  const own = place?.variables;
  if (own !== undefined && Object.hasOwn(own, name)) return own[name];
  const variable = place === undefined ? undefined : lookUpVariable(plan, state, place, name);
  if (variable !== undefined) return variable;
  switch (name) {
    case 'context':
      return state.context ?? null;
    case 'input':
      return stepAt(state, place)?.data ?? (place?.node === undefined ? state.input : undefined) ?? null;
    case 'output':
      return place?.output ?? null;
    case 'workflow':
      return describeWorkflow(plan, state);
    case 'runtime':
      return { name: 'sluice', version: '1', metadata: {} };
    case 'task':
      return place?.node === undefined ? null : describeTask(plan, state, place, place.node);
    default:
      return undefined;
  }
}

function stepAt(state: RunState, place: ScopePlace | undefined): StepState | undefined {
  if (place?.node === undefined) return undefined;
  const { node, iterations = [] } = place;
  return state.steps[stepKey(node.id, iterations.slice(0, node.loops.length))];
}

function describeWorkflow(plan: Plan, state: RunState): Json {
  const { run, inputs } = state;
  return {
    id: run.id,
    definition: plan.data?.definition ?? null,
    input: inputs,
    startedAt: describeMoment(Date.parse(run.startedAt)),
  };
}

function describeTask(plan: Plan, state: RunState, place: ScopePlace, node: PlanNode): Json {
  const { iterations = [] } = place;
  const instance: Instance = {
    node,
    key: stepKey(node.id, iterations.slice(0, node.loops.length)),
    iterations: iterations.slice(0, node.loops.length),
  };
  const step = state.steps[instance.key];
  const frame = state.frames[frameKey(containerOf(plan, instance), blockNumber(plan, instance))];
  const reference = node.dataFlow?.reference ?? '';
  return {
    name: reference.split('/').at(-1)!.replaceAll('~1', '/').replaceAll('~0', '~'),
    reference,
    definition: definitionAt(plan.data?.definition ?? {}, reference),
    input: frame?.data ?? null,
    output: place.output ?? place.value ?? null,
    startedAt: step === undefined ? null : describeMoment(step.startedAt),
  };
}

function describeMoment(ms: number): JsonObject {
  return {
    iso8601: new Date(ms).toISOString(),
    epoch: { seconds: Math.floor(ms / 1000), milliseconds: ms },
  };
}

/** What a JSON Pointer leads to; null where that is not kept. */
function definitionAt(definition: Json, pointer: string): Json {
  let current: Json = definition;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(current)) current = (current as readonly Json[])[Number(key)] ?? null;
    else if (isJsonObject(current) && Object.hasOwn(current, key)) current = current[key]!;
    else return null;
  }
  return current;
}
