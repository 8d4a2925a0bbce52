import type { Evidence, Violation } from '../evidence.js';
import { checkAcceptance } from './acceptance.js';
import { checkAuditLog } from './audit-log.js';
import { checkCanaries } from './canaries.js';
import { checkEffects } from './effects.js';
import { checkExecutions } from './executions.js';
import { checkLeftovers } from './leftovers.js';
import { checkOrder } from './order.js';
import { checkProjection } from './projection.js';

const CHECKS: readonly ((evidence: Evidence) => Violation[])[] = [
  checkAcceptance,
  checkExecutions,
  checkEffects,
  checkOrder,
  checkProjection,
  checkAuditLog,
  checkLeftovers,
  checkCanaries,
];

export function findViolations(evidence: Evidence): readonly Violation[] {
  return CHECKS.flatMap((check) => check(evidence));
}

/** `effects: run 01… step say: expected an effect of a step that succeeded, found none` */
export function describeViolation({ check, run, step, expected, found }: Violation): string {
  const where = [run && `run ${run}`, step && `step ${step}`].filter((part) => part !== undefined);
  return `${check}: ${where.join(' ')}${where.length === 0 ? '' : ': '}expected ${expected}, found ${found}`;
}
