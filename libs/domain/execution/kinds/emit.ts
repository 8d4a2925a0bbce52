import type { Behaviour } from '../behaviour.js';
import { engineError } from '../failures.js';
import { receive } from '../inbox.js';
import { exceedsValueLimit } from '../limits.js';

/** Tells the project of something: every run that waits for an event of that name gets it, this one included. */
export const emit: Behaviour<'emit'> = {
  start(turn, instance) {
    const name = turn.resolve(instance, instance.node.event);
    if (name === undefined) return;
    if (typeof name !== 'string' || name === '')
      return turn.fail(instance, engineError('event-name-invalid'));
    const data = turn.resolve(instance, instance.node.data);
    if (data === undefined) return;
    if (exceedsValueLimit(data)) return turn.fail(instance, engineError('output-too-large'));
    const by = `run:${turn.state.run.id}`;
    turn.recording.publish({ type: 'event.emitted', step: instance.key, name, data, by });
    receive(turn, { name, data, by, at: new Date(turn.now).toISOString() });
    // Who waited for it may have ended what holds this step.
    if (turn.isRunning(instance)) turn.settle(instance, { status: 'succeeded' });
  },
};
