import { entryOf } from '../../../definition/tree.js';
import { pointer } from '../task.js';
import type { CompileTask } from './compile-task.js';

export const compileDo: CompileTask = ({ spot, reference }, builder, place, context) => ({
  kind: 'stage',
  block: builder.readBlock(entryOf(spot, 'do'), pointer(reference, 'do'), place, context),
});
