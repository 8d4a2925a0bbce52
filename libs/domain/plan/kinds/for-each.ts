import type { ForEachItems } from '../../definition/definition.js';
import { type CompileStep, compileTemplate, compileTurns } from '../compile-step.js';
import type { ForEachSource } from '../plan.js';

export const compileForEach: CompileStep<'forEach'> = ({ forEach }, compiler, place) => ({
  ...compileSource(forEach),
  as: forEach.as,
  ...(forEach.limit === undefined ? {} : { limit: forEach.limit }),
  failFast: forEach.failFast,
  ...(forEach.quorum === undefined ? {} : { quorum: forEach.quorum }),
  block: compileTurns(forEach.steps, compiler, place),
});

function compileSource(items: ForEachItems): ForEachSource {
  if ('in' in items) return { in: compileTemplate(items.in) };
  return {
    matrix: Object.entries(items.matrix).map(([name, list]) => [name, compileTemplate(list)] as const),
    ...(items.exclude === undefined ? {} : { exclude: compileTemplate(items.exclude) }),
    ...(items.include === undefined ? {} : { include: compileTemplate(items.include) }),
  };
}
