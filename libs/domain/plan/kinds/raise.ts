import { type CompileStep, compileTemplate } from '../compile-step.js';

export const compileRaise: CompileStep<'raise'> = ({ raise }) => ({
  error: compileTemplate(raise.error),
  message: compileTemplate(raise.message),
});
