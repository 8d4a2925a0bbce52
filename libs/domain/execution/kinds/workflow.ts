import { isJsonObject } from '../../json.js';
import type { Behaviour } from '../behaviour.js';
import { engineError } from '../failures.js';
import { exceedsValueLimit } from '../limits.js';

/** A run of another workflow, whose output is the step's. */
export const workflow: Behaviour<'workflow'> = {
  start(turn, instance) {
    const edited = turn.requireState(instance).input;
    const inputs = edited ?? turn.resolve(instance, instance.node.inputs);
    if (inputs === undefined) return;
    if (exceedsValueLimit(inputs)) return turn.fail(instance, engineError('input-too-large'));
    if (!isJsonObject(inputs)) throw new Error(`step ${instance.key}: \`inputs\` must be a map`);
    turn.commands.push({ type: 'run-workflow', step: instance.key, node: instance.node, inputs });
  },
  stopOutside(turn, instance) {
    turn.commands.push({ type: 'cancel-action', step: instance.key });
  },
};
