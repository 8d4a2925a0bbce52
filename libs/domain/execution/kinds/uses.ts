import { isJsonObject } from '../../json.js';
import type { Behaviour } from '../behaviour.js';
import { engineError } from '../failures.js';
import { exceedsValueLimit } from '../limits.js';

export const uses: Behaviour<'uses'> = {
  start(turn, instance) {
    const edited = turn.requireState(instance).input;
    const input = edited ?? turn.resolve(instance, instance.node.with);
    if (input === undefined) return;
    if (exceedsValueLimit(input)) return turn.fail(instance, engineError('input-too-large'));
    if (!isJsonObject(input)) throw new Error(`step ${instance.key}: \`with\` must be a map`);
    turn.commands.push({ type: 'run-action', step: instance.key, node: instance.node, with: input });
  },
  stopOutside(turn, instance) {
    turn.commands.push({ type: 'cancel-action', step: instance.key });
  },
};
