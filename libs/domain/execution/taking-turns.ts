import { frameOf, leaveBlock } from './blocks.js';
import { requestClaims } from './claims.js';
import { takeInput } from './data-flow.js';
import { engineError } from './failures.js';
import { type Instance, stepKey } from './instance.js';
import { begin, concludeByOrder } from './settling.js';
import type { SkipReason, StepKey, StepOrder, StepState } from './state.js';
import { isStopped } from './stopping.js';
import { takeSeed } from './taking-over.js';
import type { Turn } from './turn.js';
import { blocksByFailure, blocksByRejection } from './verdict.js';

/** What a step's turn comes to: all it needs is over, so it begins, is skipped, or is taken over from elsewhere. */
export function consider(turn: Turn, instance: Instance): void {
  const { state } = turn;
  if (isStopped(turn, instance)) return skip(turn, instance, 'stopped');
  if (state.orders !== undefined && takeOrder(turn, instance, state.orders)) return;
  if (state.status === 'paused') {
    state.held = [...(state.held ?? []), instance.key];
    return;
  }
  if (state.seed !== undefined && takeSeed(turn, instance, state.seed)) return;
  const { node } = instance;
  const { failed, rejected } = judgeNeeds(turn, instance);
  if (failed && node.ifHandlesFailure !== true) return skip(turn, instance, 'upstream-failed');
  if (rejected && node.ifHandlesRejection !== true) return skip(turn, instance, 'rejected');
  if (node.if === undefined) return activate(turn, instance);
  const value = frameOf(turn, instance)?.data;
  const condition = turn.evaluate(instance, node.if, {
    needs: { failed, rejected },
    ...(value === undefined ? {} : { value }),
  });
  if (condition.ok && condition.value === true) return activate(turn, instance);
  if (condition.ok && condition.value === false) {
    return skip(turn, instance, failed ? 'upstream-failed' : rejected ? 'rejected' : 'condition');
  }
  turn.create(instance);
  const error = condition.ok
    ? engineError('condition-not-boolean')
    : engineError(condition.code, `In \`if\`: ${condition.message}`);
  // Trying again would run it without having been asked.
  turn.settle(instance, { status: 'failed', error, final: true });
}

function judgeNeeds({ plan, state }: Turn, { node, iterations }: Instance) {
  let failed = false;
  let rejected = false;
  for (const need of node.needs) {
    const step = state.steps[stepKey(plan.nodes[need]!.id, iterations)];
    if (step === undefined) continue;
    failed ||= blocksByFailure(step);
    rejected ||= blocksByRejection(step);
  }
  return { failed, rejected };
}

function takeOrder(turn: Turn, instance: Instance, orders: Record<StepKey, StepOrder>): boolean {
  const order = orders[instance.key];
  if (order === undefined) return false;
  delete orders[instance.key];
  concludeByOrder(turn, instance, order, turn.create(instance));
  return true;
}

function activate(turn: Turn, instance: Instance): void {
  const step = turn.create(instance);
  if (instance.node.dataFlow !== undefined) {
    const refused = takeInput(turn, instance, step, frameOf(turn, instance)?.data ?? null);
    if (refused !== undefined) {
      turn.recording.step(instance, step);
      return turn.settle(instance, { status: 'failed', error: refused, final: true });
    }
  }
  if (instance.node.claims !== undefined) return requestClaims(turn, instance, step);
  turn.recording.step(instance, step);
  begin(turn, instance);
}

function skip(turn: Turn, instance: Instance, reason: SkipReason): void {
  const step: StepState = {
    node: instance.node.index,
    status: 'skipped',
    attempts: turn.stateOf(instance.key)?.attempts ?? 0,
    startedAt: turn.now,
    endedAt: turn.now,
    skipped: reason,
  };
  turn.state.steps[instance.key] = step;
  turn.recording.step(instance, step);
  leaveBlock(turn, instance, step);
}
