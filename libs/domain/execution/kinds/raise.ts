import { isJsonObject } from '../../json.js';
import type { Template } from '../../plan/plan.js';
import type { Behaviour } from '../behaviour.js';
import { engineError } from '../failures.js';
import type { InstanceOf } from '../instance.js';
import { FAILURE_CLASSES, type FailureClass } from '../step-error.js';
import type { Turn } from '../turn.js';

/** Fails on purpose. `error` is the error's code and, where it is the name of a failure class, its class. */
export const raise: Behaviour<'raise'> = {
  start(turn, instance) {
    if (instance.node.problem !== undefined) return raiseProblem(turn, instance, instance.node.problem);
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

function raiseProblem(turn: Turn, instance: InstanceOf<'raise'>, template: Template): void {
  const problem = turn.resolve(instance, template);
  if (problem === undefined) return;
  if (!isJsonObject(problem) || typeof problem['type'] !== 'string' || !Number.isInteger(problem['status']))
    return turn.fail(instance, engineError('problem-invalid'));
  const text = (name: string) => (typeof problem[name] === 'string' ? { [name]: problem[name] } : {});
  const message = [problem['detail'], problem['title'], problem['type']].find(
    (part) => typeof part === 'string',
  );
  turn.fail(instance, {
    class: 'unknown',
    code: 'raised',
    message: String(message),
    problem: {
      type: problem['type'],
      status: Number(problem['status']),
      ...text('title'),
      ...text('detail'),
      instance:
        typeof problem['instance'] === 'string'
          ? problem['instance']
          : (instance.node.dataFlow?.reference ?? ''),
    },
  });
}
