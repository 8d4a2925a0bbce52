import type { Json, JsonObject } from '../../json.js';
import type { Template } from '../../plan/plan.js';
import type { Behaviour } from '../behaviour.js';
import { engineError } from '../failures.js';
import type { InstanceOf } from '../instance.js';
import type { ApprovalState, Vote } from '../state.js';
import type { Turn } from '../turn.js';

const MAX_APPROVERS = 100;

const OWN_TIMERS = ['expiry', 'reminder', 'escalation'] as const;

/** Waits for people. What they decide is its output; a rejection is no failure unless the definition says so. */
export const approval: Behaviour<'approval'> = {
  start(turn, instance) {
    const { node } = instance;
    const by = resolveNames(turn, instance, node.by);
    const message = node.message === undefined ? null : turn.resolve(instance, node.message);
    if (by === undefined || message === undefined || !turn.isRunning(instance)) return;
    const step = turn.requireState(instance);
    step.waiting = 'approval';
    step.approval = {
      by,
      quorum: node.quorum,
      selfApproval: node.selfApproval,
      ...(message === null
        ? {}
        : { message: typeof message === 'string' ? message : JSON.stringify(message) }),
      ...(node.expiresMs === undefined ? {} : { expiresAt: turn.now + node.expiresMs }),
      ...(node.inputs === undefined ? {} : { inputs: node.inputs }),
      votes: [],
      reminders: 0,
    };
    turn.recording.step(instance, step);
    publish(turn, instance, 'approval.requested');
    if (node.expiresMs !== undefined) turn.startTimer(instance, 'expiry', node.expiresMs);
    if (node.remindMs !== undefined) turn.startTimer(instance, 'reminder', node.remindMs);
    if (node.escalate !== undefined) turn.startTimer(instance, 'escalation', node.escalate.afterMs);
  },
  timerFired(turn, instance, timer) {
    const step = turn.requireState(instance);
    if (step.approval === undefined) return;
    if (timer === 'expiry') return expire(turn, instance);
    if (timer === 'reminder') {
      step.approval = { ...step.approval, reminders: step.approval.reminders + 1 };
      publish(turn, instance, 'approval.reminded');
      turn.startTimer(instance, 'reminder', instance.node.remindMs!);
    } else {
      const more = resolveNames(turn, instance, instance.node.escalate!.to);
      if (more === undefined || !turn.isRunning(instance)) return;
      step.approval = { ...step.approval, by: [...new Set([...step.approval.by, ...more])] };
      publish(turn, instance, 'approval.escalated');
    }
    turn.recording.step(instance, step);
  },
  ended(turn, instance) {
    const { node } = instance;
    if (node.expiresMs !== undefined) turn.cancelTimer(instance, OWN_TIMERS[0]);
    if (node.remindMs !== undefined) turn.cancelTimer(instance, OWN_TIMERS[1]);
    if (node.escalate !== undefined) turn.cancelTimer(instance, OWN_TIMERS[2]);
  },
};

/** Takes in what one person decided. */
export function vote(turn: Turn, instance: InstanceOf<'approval'>, given: Vote): void {
  const step = turn.requireState(instance);
  const votes = [...step.approval!.votes, given];
  step.approval = { ...step.approval!, votes };
  turn.recording.publish({
    type: given.decision === 'approved' ? 'approval.approved' : 'approval.rejected',
    step: instance.key,
    by: given.by,
    ...(given.reason === undefined ? {} : { reason: given.reason }),
    ...(given.inputs === undefined ? {} : { data: given.inputs }),
  });
  if (given.decision === 'rejected') return conclude(turn, instance, 'rejected');
  if (votes.length >= step.approval.quorum) return conclude(turn, instance, 'approved');
  turn.recording.step(instance, step);
}

function expire(turn: Turn, instance: InstanceOf<'approval'>): void {
  publish(turn, instance, 'approval.expired');
  const { onExpiry } = instance.node;
  if (onExpiry === 'fail') return turn.fail(instance, engineError('approval-expired'));
  conclude(turn, instance, onExpiry === 'approve' ? 'approved' : 'rejected', true);
}

function conclude(
  turn: Turn,
  instance: InstanceOf<'approval'>,
  decision: Vote['decision'],
  expired = false,
): void {
  const { votes, inputs = {} } = turn.requireState(instance).approval!;
  const { onReject } = instance.node;
  const reason = votes.flatMap((given) => given.reason ?? []).join(' ');
  if (decision === 'rejected' && onReject === 'fail')
    return turn.fail(instance, engineError('approval-rejected', reason));
  const output: JsonObject = {
    decision,
    expired,
    by: votes.map(({ by }) => by),
    reason: reason === '' ? null : reason,
    inputs: Object.assign(defaultsOf(inputs), ...votes.map((given) => given.inputs ?? {})),
  };
  const stops = decision === 'rejected' && onReject === 'stop';
  turn.settle(instance, { status: 'succeeded', output, ...(stops ? { rejected: true } : {}) });
}

function defaultsOf(schemas: Readonly<Record<string, JsonObject>>): Record<string, Json> {
  const defaults: Record<string, Json> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    if (Object.hasOwn(schema, 'default')) defaults[name] = schema['default'] as Json;
  }
  return defaults;
}

function publish(
  turn: Turn,
  instance: InstanceOf<'approval'>,
  type: 'approval.requested' | 'approval.reminded' | 'approval.escalated' | 'approval.expired',
): void {
  const { by, quorum, message, expiresAt, reminders } = turn.requireState(instance).approval as ApprovalState;
  turn.recording.publish({
    type,
    step: instance.key,
    data: {
      by: [...by],
      quorum,
      ...(message === undefined ? {} : { message }),
      ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
      reminders,
    },
  });
}

/** Names of roles and people, or undefined after the step was failed for them. */
function resolveNames(
  turn: Turn,
  instance: InstanceOf<'approval'>,
  template: Template,
): string[] | undefined {
  const names = turn.resolve(instance, template);
  if (names === undefined) return undefined;
  const flat = Array.isArray(names) ? names.flat() : [];
  if (
    flat.length > 0 &&
    flat.length <= MAX_APPROVERS &&
    flat.every((name) => typeof name === 'string' && name !== '')
  )
    return flat as string[];
  turn.fail(instance, engineError('approvers-invalid', `They were ${JSON.stringify(names).slice(0, 100)}.`));
  return undefined;
}
