import type { Json } from '../../json.js';
import type { Behaviour } from '../behaviour.js';
import { engineError } from '../failures.js';
import { takeFromInbox } from '../inbox.js';

/** Waits for an event of that name for which its condition holds; one that came before anybody waited counts too. */
export const waitFor: Behaviour<'waitFor'> = {
  start(turn, instance) {
    const name = turn.resolve(instance, instance.node.event);
    if (name === undefined) return;
    if (typeof name !== 'string' || name === '')
      return turn.fail(instance, engineError('event-name-invalid'));
    const known = takeFromInbox(turn, instance, name);
    if (known === null) return;
    if (known !== undefined) {
      return turn.settle(instance, { status: 'succeeded', output: known as unknown as Json });
    }
    const step = turn.requireState(instance);
    step.waiting = 'event';
    step.event = name;
    turn.recording.step(instance, step);
  },
};
