import { type CompileStep, compileTemplate } from '../compile-step.js';

export const compileSet: CompileStep<'set'> = (step) => ({ values: compileTemplate(step.set) });
