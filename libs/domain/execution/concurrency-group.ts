import { evaluateTemplate } from '../expressions/evaluate.js';
import type { Json, JsonObject } from '../json.js';
import type { Plan } from '../plan/plan.js';
import type { RunFacts } from './state.js';

const MAX_CHARACTERS = 200;

type GroupName =
  | { readonly ok: true; readonly name: string }
  /** `message` ends the sentence "The concurrency group …". */
  | { readonly ok: false; readonly message: string };

/** Name of the group that a run with these inputs belongs to. */
export function evaluateGroup(
  group: NonNullable<Plan['concurrency']>['group'],
  inputs: JsonObject,
  run: Omit<RunFacts, 'id'>,
): GroupName {
  const scope = {
    lookup: (name: string): Json | undefined =>
      name === 'inputs' ? inputs : name === 'run' ? { ...run } : undefined,
  };
  const result = evaluateTemplate(group, scope);
  if (!result.ok) return { ok: false, message: `could not be evaluated: ${result.message}` };
  const { value } = result;
  if (typeof value !== 'string') return { ok: false, message: 'is no text.' };
  if (value === '') return { ok: false, message: 'is empty.' };
  if (value.length > MAX_CHARACTERS)
    return { ok: false, message: `is longer than ${MAX_CHARACTERS} characters.` };
  if (/\p{Cc}/u.test(value)) return { ok: false, message: 'holds control characters.' };
  return { ok: true, name: value };
}
