import type { PolicyCriterion } from '#contracts/judgement/gate.js';
import { nameRiskLevel } from '#contracts/judgement/risk.js';
import { shorten } from '#domain/definition/path.js';
import { type Budget, evaluate } from '#domain/expressions/evaluate.js';
import type { Json, JsonObject } from '#domain/json.js';
import { type Judgement, numberOf, type World } from './world.js';

/** Evaluation steps of all policies of a gate together. */
const BUDGET = 200_000;

/** What policies see, and how much they may compute; made once for a gate. */
export interface PolicyScope {
  readonly roots: Readonly<Record<string, Json>>;
  readonly budget: Budget;
}

export function createPolicyScope({ gate, measurements, risk }: World): PolicyScope {
  const metrics: JsonObject = Object.fromEntries(
    [...measurements].flatMap(([name, measurement]) => {
      const value = measurement.missing === undefined ? numberOf(measurement) : undefined;
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  return {
    roots: {
      metrics,
      gate: { name: gate.name, type: gate.type ?? null },
      ...(risk === undefined ? {} : { risk: { score: risk, level: nameRiskLevel(risk) } }),
    },
    budget: { left: BUDGET },
  };
}

/** A condition in CEL. What it cannot compute, a metric that is not there for one, is not known: never a pass. */
export function judgePolicy({ name, policy, warn }: PolicyCriterion, scope: PolicyScope): Judgement {
  const expected = shorten(policy);
  const passes = ask(policy, scope);
  if (typeof passes === 'string') {
    return {
      outcome: 'inconclusive',
      expected,
      text: `${name} cannot be decided: ${passes}`,
      wouldChange: 'Give the metrics, and the risk with --risk, that the policy asks about.',
    };
  }
  if (passes) {
    return {
      outcome: 'pass',
      expected,
      text: `${name} holds: ${expected}.`,
      wouldChange: `It would no longer pass where this does not hold: ${expected}.`,
    };
  }
  const warns = warn === undefined ? false : ask(warn, scope);
  const outcome = typeof warns === 'string' ? 'inconclusive' : warns ? 'warn' : 'fail';
  return {
    outcome,
    expected,
    text: `${name} does not hold: ${expected}.${typeof warns === 'string' ? ` Its warning cannot be decided: ${warns}` : ''}`,
    wouldChange: `It would pass where this holds: ${expected}.`,
  };
}

/** Its truth, or why it has none. */
function ask(source: string, { roots, budget }: PolicyScope): boolean | string {
  const lookup = (name: string) => (Object.hasOwn(roots, name) ? roots[name] : undefined);
  const result = evaluate({ dialect: 'cel', source }, { lookup, budget });
  if (!result.ok) return result.message;
  return typeof result.value === 'boolean' ? result.value : 'It is neither true nor false.';
}
