import type { Json } from '../json.js';
import { type Instance, type InstanceOf, instanceOf, parseStepKey } from './instance.js';
import { hear, listening, mayHear } from './listening.js';
import type { ReceivedEvent } from './state.js';
import type { Turn } from './turn.js';

/** Events kept for a waitFor whose turn has not come. */
export const MAX_INBOX = 100;

/** Gives the event to every step that waits for it; where none does, keeps it for the first that will. */
export function receive(turn: Turn, event: ReceivedEvent): void {
  turn.recording.publish({ type: 'event.received', name: event.name, data: event.data, by: event.by });
  const waiting = waitingFor(turn, event.name);
  let taken = false;
  for (const instance of waiting) {
    if (turn.stateOf(instance.key)?.waiting !== 'event') continue;
    const does = fits(turn, instance, event);
    taken ||= does !== false;
    if (does !== true) continue;
    turn.settle(instance, { status: 'succeeded', output: event as unknown as Json });
  }
  for (const instance of listening(turn)) taken = hear(turn, instance, event) || taken;
  if (taken) return;
  turn.state.inbox = [...(turn.state.inbox ?? []), event].slice(-MAX_INBOX);
}

/** Whether a step of the run waits for an event of that name now. */
export function isAwaited(turn: Pick<Turn, 'plan' | 'state'>, name: string): boolean {
  return waitingFor(turn, name).length > 0 || listening(turn).some(({ node }) => mayHear(node, name));
}

/**
 * The first event kept that fits; null after the step was failed because its condition could not be evaluated with one.
 * Either is kept no longer.
 */
export function takeFromInbox(
  turn: Turn,
  instance: InstanceOf<'waitFor'>,
  name: string,
): ReceivedEvent | null | undefined {
  const inbox = turn.state.inbox ?? [];
  for (const [position, event] of inbox.entries()) {
    if (event.name !== name) continue;
    const does = fits(turn, instance, event);
    if (does === false) continue;
    inbox.splice(position, 1);
    return does === undefined ? null : event;
  }
  return undefined;
}

function waitingFor({ plan, state }: Pick<Turn, 'plan' | 'state'>, name: string): InstanceOf<'waitFor'>[] {
  const found: InstanceOf<'waitFor'>[] = [];
  for (const [key, step] of Object.entries(state.steps)) {
    if (step.waiting !== 'event' || step.event !== name || step.status !== 'running') continue;
    const instance: Instance = instanceOf(plan.nodes[step.node]!, parseStepKey(key).iterations);
    if (instance.node.kind === 'waitFor') found.push(instance as InstanceOf<'waitFor'>);
  }
  return found;
}

/** Undefined after the step was failed for its condition. */
function fits(turn: Turn, instance: InstanceOf<'waitFor'>, event: ReceivedEvent): boolean | undefined {
  const { condition } = instance.node;
  if (condition === undefined) return true;
  return turn.decideCondition(instance, condition, { event: event as unknown as Json });
}
