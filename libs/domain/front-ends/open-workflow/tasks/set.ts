import { entryOf } from '../../../definition/tree.js';
import type { CompileTask } from './compile-task.js';

export const compileSet: CompileTask = ({ spot }, builder) => ({
  kind: 'set',
  values: builder.readTemplate(entryOf(spot, 'set')!),
});
