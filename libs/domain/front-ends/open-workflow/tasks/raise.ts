import { entryOf, isMap } from '../../../definition/tree.js';
import type { CompileTask } from './compile-task.js';

export const compileRaise: CompileTask = ({ spot }, builder) => {
  const written = entryOf(entryOf(spot, 'raise') as typeof spot, 'error')!;
  const error = builder.reusables.resolve('errors', written, builder);
  if (error === undefined || !isMap(error)) return undefined;
  const nothing = { kind: 'literal', value: '' } as const;
  return { kind: 'raise', error: nothing, message: nothing, problem: builder.readTemplate(error) };
};
