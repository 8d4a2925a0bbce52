import { type CompileStep, compileTemplate } from '../compile-step.js';

export const compileWait: CompileStep<'wait'> = ({ wait }) =>
  'for' in wait ? { for: compileTemplate(wait.for) } : { until: compileTemplate(wait.until) };
