import { type CompileStep, compileTemplate } from '../compile-step.js';

export const compileForEach: CompileStep<'forEach'> = ({ forEach }, compiler, place) => ({
  in: compileTemplate(forEach.in),
  as: forEach.as,
  ...(forEach.limit === undefined ? {} : { limit: forEach.limit }),
  failFast: forEach.failFast,
  block: compiler.compileSteps(forEach.steps, { ...place, loops: [...place.loops, place.parent!] }),
});
