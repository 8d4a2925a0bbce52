import { descend } from '../../../definition/tree.js';
import type { CompileTask } from './compile-task.js';

export const compileListen: CompileTask = ({ spot }, builder) =>
  builder.refuse('open-workflow-unsupported', descend(spot, ['listen']), 'not yet', 'x');
