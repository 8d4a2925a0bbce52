import type { CompileStep } from '../compile-step.js';

export const compileParallel: CompileStep<'parallel'> = ({ parallel }, compiler, place) => ({
  ...(parallel.limit === undefined ? {} : { limit: parallel.limit }),
  failFast: parallel.failFast,
  ...(parallel.quorum === undefined ? {} : { quorum: parallel.quorum }),
  branches: [...parallel.branches].map(([name, steps], branch) => ({
    name,
    block: compiler.compileSteps(steps, { ...place, branch }),
  })),
});
