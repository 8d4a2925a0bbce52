import type { Behaviour } from '../behaviour.js';
import { engineError } from '../failures.js';
import { exceedsValueLimit } from '../limits.js';

export const set: Behaviour<'set'> = {
  start(turn, instance) {
    const output = turn.resolve(instance, instance.node.values);
    if (output === undefined) return;
    if (exceedsValueLimit(output)) return turn.fail(instance, engineError('output-too-large'));
    turn.settle(instance, { status: 'succeeded', output });
  },
};
