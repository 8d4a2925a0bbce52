import { type CompileStep, compileExpression } from '../compile-step.js';

export const compileSwitch: CompileStep<'switch'> = (step, compiler, place) => ({
  cases: step.switch.map((chosen, branch) => ({
    ...(chosen.if === undefined ? {} : { if: compileExpression(chosen.if) }),
    block: compiler.compileSteps(chosen.steps, { ...place, branch }),
  })),
});
