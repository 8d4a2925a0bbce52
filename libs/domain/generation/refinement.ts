import { parse as parseYaml } from 'yaml';
import { readWorkflow } from '../front-ends/read-workflow.js';
import { isJsonObject, type Json, type JsonObject } from '../json.js';
import type { PlanActions } from '../plan/action.js';

/** Actions of steps that may be added; none of them runs a program or reaches another machine. */
export const ADDABLE_ACTIONS: readonly string[] = ['log/write', 'report/junit'];

/** What may be said otherwise of what is there. */
export const REFINABLE_KEYS: readonly string[] = ['name', 'needs', 'timeout', 'retry'];

/**
 * Whether a definition may take the place of another one that it was made of: valid, nothing dropped or done otherwise,
 * no order loosened, nothing added but reports, messages and approvals. Answers with the first thing that is wrong.
 */
export function findRefusal(original: string, refined: string, actions: PlanActions): string | undefined {
  const { findings, workflow } = readWorkflow(refined, actions, 'sluice');
  if (workflow === undefined) {
    const [first] = findings.filter(({ severity }) => severity === 'error');
    return `it is not valid: ${first?.message ?? 'it cannot be read'}`;
  }
  try {
    workflow.compile();
  } catch (error) {
    return `it does not compile: ${(error as Error).message}`;
  }
  const [before, after] = [original, refined].map((text) => parseYaml(text) as JsonObject) as [
    JsonObject,
    JsonObject,
  ];
  return compareTop(before, after) ?? compareBlock(before['stages'], after['stages'], 'stages');
}

function compareTop(before: JsonObject, after: JsonObject): string | undefined {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (key === 'stages' || key === 'description') continue;
    if (!isSame(before[key], after[key])) return `it says \`${key}\` otherwise`;
  }
  return undefined;
}

/** Stages, or the steps of one: maps of nodes in order. */
function compareBlock(before: Json | undefined, after: Json | undefined, path: string): string | undefined {
  if (!isJsonObject(before) || !isJsonObject(after)) return `${path} is missing`;
  const order = reachOf(after);
  const needs = needsOf(before);
  for (const [id, node] of Object.entries(before)) {
    const here = `${path}.${id}`;
    if (!Object.hasOwn(after, id)) return `${here} was dropped`;
    const loose = needs.get(id)!.find((each) => !order.get(id)!.has(each));
    if (loose !== undefined) return `${here} no longer waits for ${loose}`;
    const wrong = compareNode(node, after[id], here);
    if (wrong !== undefined) return wrong;
  }
  for (const [id, node] of Object.entries(after)) {
    const wrong = Object.hasOwn(before, id) ? undefined : refuseNew(node, `${path}.${id}`);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function compareNode(before: Json | undefined, after: Json | undefined, path: string): string | undefined {
  if (!isJsonObject(before) || !isJsonObject(after)) return `${path} is no map`;
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (REFINABLE_KEYS.includes(key)) continue;
    const wrong =
      key === 'steps'
        ? compareBlock(before[key], after[key], `${path}.steps`)
        : isSame(before[key], after[key])
          ? undefined
          : `${path}.${key} was changed`;
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function refuseNew(node: Json | undefined, path: string): string | undefined {
  if (!isJsonObject(node)) return `${path} is no map`;
  const { steps, uses, secrets } = node;
  if (secrets !== undefined) return `${path} asks for secrets`;
  if (
    isJsonObject(steps) &&
    uses === undefined &&
    node['forEach'] === undefined &&
    node['loop'] === undefined
  ) {
    return Object.entries(steps)
      .map(([id, each]) => refuseNew(each, `${path}.steps.${id}`))
      .find((wrong) => wrong !== undefined);
  }
  if (node['approval'] !== undefined) return undefined;
  return typeof uses === 'string' && ADDABLE_ACTIONS.includes(uses)
    ? undefined
    : `${path} was added, which is no ${ADDABLE_ACTIONS.join(', ')} or approval`;
}

/** Without `needs`, a node waits for the one above it. */
function needsOf(block: JsonObject): ReadonlyMap<string, readonly string[]> {
  const ids = Object.keys(block);
  return new Map(
    ids.map((id, index) => {
      const node = block[id];
      const needs = isJsonObject(node) ? node['needs'] : undefined;
      const above = index === 0 ? [] : [ids[index - 1]!];
      return [id, Array.isArray(needs) ? needs.map(String) : above] as const;
    }),
  );
}

/** All that each node waits for, also by way of others. What is valid has no circles. */
function reachOf(block: JsonObject): ReadonlyMap<string, ReadonlySet<string>> {
  const needs = needsOf(block);
  const reach = new Map<string, Set<string>>();
  const visit = (id: string): Set<string> => {
    const known = reach.get(id);
    if (known !== undefined) return known;
    const all = new Set<string>();
    reach.set(id, all);
    for (const each of needs.get(id) ?? []) {
      all.add(each);
      for (const far of visit(each)) all.add(far);
    }
    return all;
  };
  for (const id of needs.keys()) visit(id);
  return reach;
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((each: Json) => sorted(each)!);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])!]),
  );
}
