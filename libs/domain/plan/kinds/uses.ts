import type { CompensationDefinition, StepDefinitionOf } from '../../definition/definition.js';
import { type CompileStep, compileTemplate, type StepCompiler } from '../compile-step.js';
import type { NodeKinds } from '../plan.js';

export const compileUses: CompileStep<'uses'> = (step, compiler) => ({
  ...compileAction(step, compiler),
  ...(step.output === undefined ? {} : { outputSchema: step.output }),
});

/** One use of an action, by a step or by a compensation. An action with a worker pool leaves the interpreting worker. */
export function compileAction(
  use: CompensationDefinition & Pick<StepDefinitionOf<'uses'>, 'pool'>,
  compiler: StepCompiler,
): NodeKinds['uses'] {
  const action = compiler.requireAction(use.uses);
  const asked = action.fillsWorkspace === 'on-request' && use.with['rebuild'] === true;
  return {
    action: action.name,
    with: compileTemplate(use.with),
    queue: action.queue,
    workspace: action.workspace,
    fillsWorkspace: action.fillsWorkspace === 'always' || asked,
    quick: action.quick,
    ...(action.unattended === true ? { unattended: true } : {}),
    ...(action.inline && use.pool === undefined ? { inline: true } : {}),
    ...(use.secrets === undefined ? {} : { secrets: use.secrets }),
    ...(use.pool === undefined ? {} : { pool: use.pool }),
  };
}
