import { shorten } from '../../../definition/path.js';
import type { Builder, Made } from '../builder.js';
import type { Task } from '../task.js';

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
    ...(action.unattended === true ? { unattended: true } : {}),
  };
}
