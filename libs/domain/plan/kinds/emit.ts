import { type CompileStep, compileTemplate } from '../compile-step.js';

export const compileEmit: CompileStep<'emit'> = ({ emit }) => ({
  event: compileTemplate(emit.event),
  data: compileTemplate(emit.data),
});
