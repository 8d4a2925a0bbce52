import { isJsonObject, type Json, type JsonObject } from '../../json.js';
import type { NodeOf, Template } from '../../plan/plan.js';
import { engineError } from '../failures.js';
import type { InstanceOf } from '../instance.js';
import { MAX_LOOP_ITEMS } from '../limits.js';
import type { StepError } from '../step-error.js';
import type { Turn } from '../turn.js';

type MatrixNode = Extract<NodeOf<'forEach'>, { readonly matrix: unknown }>;

/**
 * Every combination of the lists, the last name varying first, without those excluded, and with those included after
 * them. An error where it gives none; undefined after the step was failed for an expression.
 */
export function combine(
  turn: Turn,
  instance: InstanceOf<'forEach'>,
  node: MatrixNode,
): readonly JsonObject[] | StepError | undefined {
  let items: JsonObject[] = [{}];
  for (const [name, template] of node.matrix) {
    const values = turn.resolve(instance, template);
    if (values === undefined) return undefined;
    if (!Array.isArray(values)) return engineError('matrix-invalid', `\`${name}\` gave no list.`);
    if (items.length * values.length > MAX_LOOP_ITEMS)
      return engineError('for-each-too-long', 'The combinations of the matrix.');
    items = items.flatMap((item) => values.map((value: Json) => ({ ...item, [name]: value })));
  }
  const excluded = resolveMaps(turn, instance, node.exclude, 'exclude');
  if (!Array.isArray(excluded)) return excluded;
  const included = resolveMaps(turn, instance, node.include, 'include');
  if (!Array.isArray(included)) return included;
  return [...items.filter((item) => !excluded.some((pattern) => matches(item, pattern))), ...included];
}

function resolveMaps(
  turn: Turn,
  instance: InstanceOf<'forEach'>,
  template: Template | undefined,
  key: string,
): JsonObject[] | StepError | undefined {
  if (template === undefined) return [];
  const maps = turn.resolve(instance, template);
  if (maps === undefined) return undefined;
  return Array.isArray(maps) && maps.every(isJsonObject)
    ? maps
    : engineError('matrix-invalid', `\`${key}\` gave no list of maps.`);
}

function matches(item: JsonObject, pattern: JsonObject): boolean {
  return Object.entries(pattern).every(
    ([name, value]) => JSON.stringify(item[name]) === JSON.stringify(value),
  );
}
