import { type CompileStep, compileTemplate } from '../compile-step.js';

export const compileUses: CompileStep<'uses'> = (step, compiler) => {
  const action = compiler.requireAction(step.uses);
  const asked = action.fillsWorkspace === 'on-request' && step.with['rebuild'] === true;
  return {
    action: action.name,
    with: compileTemplate(step.with),
    queue: action.queue,
    workspace: action.workspace,
    fillsWorkspace: action.fillsWorkspace === 'always' || asked,
    quick: action.quick,
  };
};
