import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import { describeMisplaced, type FailingOutcome } from '#contracts/catalogue/gate-evaluate.js';
import type { CriterionResult, GateResult } from '#contracts/judgement/gate-result.js';
import type { Measurement } from '#contracts/judgement/measurement.js';
import type { SluiceError } from '#domain/errors.js';
import type { JsonObject } from '#domain/json.js';
import type { Finding } from '#domain/validation/finding.js';
import { PASSING_REASONS } from '#gates/sources/metric-missing.js';

/** Criteria that an error names. */
const MAX_NAMED = 5;
const MAX_TOLD = 20;
const MAX_FINDINGS = 10;

export function createInvalid(what: 'The gate' | 'The metrics', findings: readonly Finding[]): SluiceError {
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
export function createFailed(
  outcome: FailingOutcome,
  result: GateResult,
  measurements: readonly Measurement[],
  more: JsonObject = {},
): SluiceError {
  const decided = result.criteria.filter((criterion) => isReason(criterion, outcome));
  const named = decided.slice(0, MAX_NAMED).map(({ name, text }) => `${name}: ${text}`);
  const others = decided.length > MAX_NAMED ? ` And ${decided.length - MAX_NAMED} more.` : '';
  const facts = {
    ...more,
    gate: result.gate,
    outcome: result.outcome,
    score: result.score,
    reachable: result.reachable,
    criteria: decided
      .slice(0, MAX_TOLD)
      .map(({ name, outcome: own, text }) => ({ name, outcome: own, text })),
  };
  const frame = {
    message: `${[result.text, ...named].join(' ')}${others}`,
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

export function createMisplaced(names: readonly string[], isKept: boolean): SluiceError {
  const listed = names.map((name) => `\`${name}\``).join(', ');
  return createActionFailure({
    code: 'action-input-invalid',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `Input of gate/evaluate does not fit: ${listed} ${describeMisplaced(isKept)}.`,
    hint: 'Leave it out, or name the gate the other way.',
  });
}

export function createGateNotFound(name: string, hint: string): SluiceError {
  return createActionFailure({
    code: 'gate-not-found',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `There is no gate ${JSON.stringify(name)}.`,
    hint,
  });
}

export function createVersionNotFound(name: string, version: number): SluiceError {
  return createActionFailure({
    code: 'gate-version-not-found',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `The gate ${name} has no version ${version}.`,
    hint: 'Leave `version` out to judge by the newest one, or write one that there is.',
  });
}
