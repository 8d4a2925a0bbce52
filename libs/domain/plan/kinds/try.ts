import type { CompileStep } from '../compile-step.js';

export const compileTry: CompileStep<'try'> = (step, compiler, place) => {
  const { steps, catch: catches, finally: last } = step.try;
  const branchAfter = catches.length + 1;
  return {
    block: compiler.compileSteps(steps, { ...place, branch: 0 }),
    catches: catches.map((taken, position) => ({
      ...(taken.errors === undefined ? {} : { errors: taken.errors }),
      as: taken.as,
      block: compiler.compileSteps(taken.steps, { ...place, branch: position + 1 }),
    })),
    ...(last === undefined
      ? {}
      : { finally: compiler.compileSteps(last, { ...place, branch: branchAfter }) }),
  };
};
