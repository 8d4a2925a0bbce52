import { descend } from '../../../definition/tree.js';
import type { CompileTask } from './compile-task.js';

export const compileEmit: CompileTask = ({ spot }, builder) => {
  const nothing = { kind: 'literal', value: null } as const;
  const attributes = descend(spot, ['emit', 'event', 'with']);
  return { kind: 'emit', event: nothing, data: nothing, envelope: builder.readTemplate(attributes) };
};
