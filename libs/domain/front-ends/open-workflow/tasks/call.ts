import { shorten } from '../../../definition/path.js';
import { descend } from '../../../definition/tree.js';
import type { Builder, Made } from '../builder.js';
import type { Task } from '../task.js';
import { compileFunction } from './call-function.js';
import { compileHttp } from './call-http.js';
import { compileOpenapi } from './call-openapi.js';
import type { CompileTask } from './compile-task.js';

const UNSUPPORTED: readonly string[] = ['grpc', 'asyncapi', 'a2a', 'mcp'];

export const compileCall: CompileTask = (task, builder, place, context) => {
  const call = String(task.value['call']);
  if (call === 'http') return compileHttp(task, builder);
  if (call === 'openapi') return compileOpenapi(task, builder);
  if (!UNSUPPORTED.includes(call)) return compileFunction(task, builder, place, context);
  return builder.refuse(
    'open-workflow-call',
    descend(task.spot, ['call']),
    `Calls of \`${call}\` are not supported here.`,
    'Use `call: http` or `call: openapi`, or run a program of yours with `run: shell`.',
  );
};

/** The action's fields of a node; undefined after a finding. */
export function actionFields(
  name: string,
  task: Task,
  builder: Builder,
): Omit<Extract<Made, { kind: 'uses' }>, 'with' | 'result'> | undefined {
  const action = builder.actions.get(name);
  if (action === undefined) {
    return builder.refuse(
      'action-unknown',
      task.spot,
      `There is no action \`${shorten(name)}\`, which this task needs.`,
      'Update the installation.',
    );
  }
  return {
    kind: 'uses',
    action: action.name,
    queue: action.queue,
    workspace: action.workspace,
    fillsWorkspace: action.fillsWorkspace === 'always',
    quick: action.quick,
  };
}
