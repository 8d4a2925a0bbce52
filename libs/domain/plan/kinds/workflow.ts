import { type CompileStep, compileTemplate } from '../compile-step.js';

export const compileWorkflow: CompileStep<'workflow'> = ({ workflow }, compiler) => ({
  workflow: workflow.name,
  version: workflow.version ?? compiler.requireLatestVersion(workflow.name),
  inputs: compileTemplate(workflow.inputs),
});
