import { type CompileStep, compileDuration, compileExpression, compileTurns } from '../compile-step.js';

export const compileLoop: CompileStep<'loop'> = ({ loop }, compiler, place) => ({
  as: loop.as,
  ...(loop.while === undefined ? {} : { while: compileExpression(loop.while) }),
  ...(loop.until === undefined ? {} : { until: compileExpression(loop.until) }),
  max: loop.max,
  delayMs: loop.delay === undefined ? 0 : compileDuration(loop.delay),
  block: compileTurns(loop.steps, compiler, place),
});
