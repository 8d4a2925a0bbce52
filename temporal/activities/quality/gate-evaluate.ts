import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import {
  DEFAULT_FAIL_ON,
  type FailingOutcome,
  type GateEvaluateInput,
} from '#contracts/catalogue/gate-evaluate.js';
import type { Gate } from '#contracts/judgement/gate.js';
import type { CriterionResult, GateResult } from '#contracts/judgement/gate-result.js';
import type { Measurement } from '#contracts/judgement/measurement.js';
import type { SendRequest } from '#contracts/judgement/metric-world.js';
import type { Action, ActionContext } from '#contracts/ports.js';
import type { SluiceError } from '#domain/errors.js';
import type { Json, JsonObject } from '#domain/json.js';
import type { Finding } from '#domain/validation/finding.js';
import { evaluateGate } from '#gates/evaluate/evaluate-gate.js';
import { readGate } from '#gates/gate/read-gate.js';
import { readHistory } from '#gates/gate/read-history.js';
import { readMetrics } from '#gates/gate/read-metrics.js';
import { collectMeasurements } from '#gates/sources/collect-measurements.js';
import { PASSING_REASONS } from '#gates/sources/metric-missing.js';

/** Criteria that an error names. */
const MAX_NAMED = 5;
const MAX_TOLD = 20;
const MAX_FINDINGS = 10;

/**
 * `gate/evaluate`. Throws SluiceError `gate-invalid`, `metrics-invalid`, `gate-failed`, `gate-inconclusive`, `gate-warned`,
 * `canceled`.
 */
export function createGateEvaluate(send: SendRequest): Action {
  return async (given, context) => {
    const input = given as unknown as GateEvaluateInput;
    const gate = requireGate(input.gate);
    const measurements = await measure(gate, input.metrics ?? {}, { send, context });
    const at = Date.now();
    const history = readHistory(filesOf(input.history ?? []), gate.name, at);
    const result = evaluateGate(gate, {
      measurements,
      history,
      ...(typeof input.risk === 'number' ? { risk: input.risk } : {}),
      at: new Date(at).toISOString(),
    });
    for (const { outcome, text } of result.criteria) context.log('sluice', `${outcome}: ${text}`);
    context.log('sluice', result.text);
    const { failOn = DEFAULT_FAIL_ON } = input;
    const failing = failOn.find((outcome) => outcome === result.outcome);
    if (failing !== undefined) throw createFailed(failing, result, measurements);
    return result as unknown as JsonObject;
  };
}

function requireGate(written: JsonObject): Gate {
  const { gate, findings } = readGate(JSON.stringify(written));
  if (gate !== undefined) return gate;
  throw createInvalid('The gate', findings);
}

/** What is given goes before what the gate would collect. */
async function measure(
  gate: Gate,
  metrics: JsonObject,
  { send, context }: { readonly send: SendRequest; readonly context: ActionContext },
): Promise<Measurement[]> {
  const { measurements: given, findings } = readMetrics(JSON.stringify(metrics), 'given');
  if (given === undefined) throw createInvalid('The metrics', findings);
  const sources = Object.fromEntries(
    Object.entries(gate.metrics).filter(([metric]) => !Object.hasOwn(metrics, metric)),
  );
  const collected = await collectMeasurements(sources, {
    send,
    resolveSecret: (reference) => context.secrets.resolve(reference),
    mask: (secret) => context.mask(secret),
    hide: (text) => context.hide(text),
    now: Date.now,
    signal: context.signal,
  });
  return [...given, ...collected];
}

function filesOf(history: readonly Json[]) {
  return history.map((result, index) => ({ name: `history[${index}]`, text: JSON.stringify(result) }));
}

function createInvalid(what: 'The gate' | 'The metrics', findings: readonly Finding[]): SluiceError {
  const told = findings.slice(0, MAX_FINDINGS);
  const [first] = told;
  const more = findings.length > 1 ? `, and ${findings.length - 1} more` : '';
  return createActionFailure({
    code: what === 'The gate' ? 'gate-invalid' : 'metrics-invalid',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `${what} ${what === 'The gate' ? 'is' : 'are'} not valid: ${first?.path ? `${first.path}: ` : ''}${first?.message ?? ''}${more}`,
    hint: first?.hint ?? 'Look at the values that the expressions gave.',
    facts: {
      findings: told.map(({ code: finding, path, message, hint }) => ({
        code: finding,
        path,
        message,
        hint,
      })),
    },
  });
}

/** The error says which criteria made it so, and why. */
function createFailed(
  outcome: FailingOutcome,
  result: GateResult,
  measurements: readonly Measurement[],
): SluiceError {
  const decided = result.criteria.filter((criterion) => isReason(criterion, outcome));
  const named = decided.slice(0, MAX_NAMED).map(({ name, text }) => `${name}: ${text}`);
  const more = decided.length > MAX_NAMED ? ` And ${decided.length - MAX_NAMED} more.` : '';
  const facts = {
    gate: result.gate,
    outcome: result.outcome,
    score: result.score,
    reachable: result.reachable,
    criteria: decided
      .slice(0, MAX_TOLD)
      .map(({ name, outcome: own, text }) => ({ name, outcome: own, text })),
  };
  const frame = {
    message: `${[result.text, ...named].join(' ')}${more}`,
    hint: hintOf(result, decided),
    facts,
  };
  if (outcome === 'inconclusive') {
    return createActionFailure({
      code: 'gate-inconclusive',
      fault: 'operational',
      class: 'dependency',
      retryable: measurements.some(
        ({ missing }) => missing !== undefined && PASSING_REASONS.has(missing.code),
      ),
      ...frame,
    });
  }
  return createActionFailure({
    code: outcome === 'warn' ? 'gate-warned' : 'gate-failed',
    fault: 'user',
    class: 'test',
    retryable: false,
    ...frame,
  });
}

function isReason({ outcome, counted }: CriterionResult, of: FailingOutcome): boolean {
  if (!counted || outcome === 'pass' || outcome === 'info') return false;
  return of === 'inconclusive' ? outcome === 'inconclusive' : outcome !== 'inconclusive';
}

function hintOf({ wouldChange }: GateResult, decided: readonly CriterionResult[]): string {
  return (
    wouldChange ?? decided.find((criterion) => criterion.wouldChange)?.wouldChange ?? 'Look at the criteria.'
  );
}
