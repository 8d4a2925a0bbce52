import { evaluateTemplate } from '../expressions/evaluate.js';
import type { Claims } from '../plan/plan.js';
import type { ResolvedClaims } from './command.js';
import { type EngineErrorCode, engineError } from './failures.js';
import type { Instance } from './instance.js';
import type { StepState } from './state.js';
import type { Turn } from './turn.js';

const MAX_LOCK_NAME = 200;

const DEFAULT_PRIORITY = 3;

/** Asks for all that the step claims; it begins when that is granted. */
export function requestClaims(turn: Turn, instance: Instance, step: StepState): void {
  const { claims, priority = DEFAULT_PRIORITY } = instance.node;
  const locks = resolveLocks(turn, instance, claims!);
  if (!Array.isArray(locks)) {
    turn.recording.step(instance, step);
    return turn.fail(instance, engineError(locks.code, locks.message));
  }
  step.waiting = 'claims';
  turn.recording.step(instance, step);
  const resolved: ResolvedClaims = {
    locks,
    ...(claims!.resources === undefined ? {} : { resources: claims!.resources }),
    priority,
  };
  turn.commands.push({ type: 'acquire-claims', step: instance.key, claims: resolved });
}

/** Gives back what the step holds, or asks for. */
export function releaseClaims(turn: Turn, instance: Instance, step: StepState): void {
  if (step.waiting !== 'claims' && step.claimed !== true) return;
  delete step.claimed;
  turn.commands.push({ type: 'release-claims', step: instance.key });
}

type Unresolved = { readonly code: EngineErrorCode; readonly message: string };

function resolveLocks(turn: Turn, instance: Instance, claims: Claims): string[] | Unresolved {
  const scope = turn.scopeAt(instance);
  const names = new Set<string>();
  for (const template of claims.locks) {
    const result = evaluateTemplate(template, scope);
    if (!result.ok) return { code: result.code, message: `In \`locks\`: ${result.message}` };
    const name = result.value;
    if (typeof name !== 'string' || name === '' || name.length > MAX_LOCK_NAME)
      return { code: 'lock-name-invalid', message: `It was ${JSON.stringify(name).slice(0, 100)}.` };
    names.add(name);
  }
  return [...names].toSorted();
}
