import { type CompileStep, compileExpression, compileTemplate } from '../compile-step.js';

export const compileWaitFor: CompileStep<'waitFor'> = ({ waitFor }) => ({
  event: compileTemplate(waitFor.event),
  ...(waitFor.if === undefined ? {} : { condition: compileExpression(waitFor.if) }),
});
