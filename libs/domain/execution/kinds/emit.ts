import { isJsonObject, type JsonObject } from '../../json.js';
import type { Template } from '../../plan/plan.js';
import type { Behaviour } from '../behaviour.js';
import { engineError } from '../failures.js';
import { receive } from '../inbox.js';
import type { InstanceOf } from '../instance.js';
import { exceedsValueLimit } from '../limits.js';
import type { Turn } from '../turn.js';

/** Tells the project of something: every run that waits for an event of that name gets it, this one included. */
export const emit: Behaviour<'emit'> = {
  start(turn, instance) {
    if (instance.node.envelope !== undefined) return emitEnvelope(turn, instance, instance.node.envelope);
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

/** A CloudEvent (1.0): what the definition leaves out is filled in, and its type is its name. */
function emitEnvelope(turn: Turn, instance: InstanceOf<'emit'>, template: Template): void {
  const given = turn.resolve(instance, template);
  if (given === undefined) return;
  if (!isJsonObject(given) || typeof given['type'] !== 'string' || given['type'] === '')
    return turn.fail(instance, engineError('event-name-invalid'));
  const { run } = turn.state;
  const at = new Date(turn.now).toISOString();
  const envelope: JsonObject = {
    specversion: '1.0',
    id: `${run.id}/${instance.key}/${turn.requireState(instance).attempts}`,
    time: at,
    source: `/runs/${run.id}`,
    ...given,
  };
  if (exceedsValueLimit(envelope)) return turn.fail(instance, engineError('output-too-large'));
  const by = `run:${run.id}`;
  const name = given['type'];
  turn.recording.publish({ type: 'event.emitted', step: instance.key, name, data: envelope, by });
  receive(turn, { name, data: envelope, by, at });
  if (turn.isRunning(instance)) turn.settle(instance, { status: 'succeeded', output: envelope });
}
