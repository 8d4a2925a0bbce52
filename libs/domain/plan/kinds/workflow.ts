import { type CompileStep, compileTemplate } from '../compile-step.js';

export const compileWorkflow: CompileStep<'workflow'> = (
  { workflow: { name, version, inputs } },
  compiler,
) => ({
  workflow: name,
  version: typeof version === 'number' ? version : compiler.requireVersion(name, version),
  inputs: compileTemplate(inputs),
});
