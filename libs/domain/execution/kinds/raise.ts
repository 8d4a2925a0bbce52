import type { Behaviour } from '../behaviour.js';
import { engineError } from '../failures.js';
import { FAILURE_CLASSES, type FailureClass } from '../step-error.js';

/** Fails on purpose. `error` is the error's code and, where it is the name of a failure class, its class. */
export const raise: Behaviour<'raise'> = {
  start(turn, instance) {
    const code = turn.resolve(instance, instance.node.error);
    if (code === undefined) return;
    const message = turn.resolve(instance, instance.node.message);
    if (message === undefined) return;
    if (typeof code !== 'string' || typeof message !== 'string')
      return turn.fail(instance, engineError('text-expected'));
    turn.fail(instance, { class: isFailureClass(code) ? code : 'unknown', code, message });
  },
};

function isFailureClass(text: string): text is FailureClass {
  return (FAILURE_CLASSES as readonly string[]).includes(text);
}
