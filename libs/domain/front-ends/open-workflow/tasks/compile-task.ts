import type { Place } from '../../../plan/compile-step.js';
import type { Builder, Made } from '../builder.js';
import type { BlockContext, Task } from '../task.js';

/** What a task becomes; undefined after a finding. `place.parent` is the task's own node. */
export type CompileTask = (
  task: Task,
  builder: Builder,
  place: Place,
  context: BlockContext,
) => Made | undefined;
