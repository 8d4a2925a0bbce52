import type { Expression } from '../plan/plan.js';
import type { Analysis } from './dialect.js';
import { DIALECTS } from './dialects/table.js';

export type { References } from './dialect.js';

/**
 * Reads an expression without evaluating it: what it refers to, or the first thing that makes it no expression
 * (syntax, an unknown function, more than 4 KiB, too deep). Never throws, whatever the source.
 */
export function analyse(expression: Expression): Analysis {
  return DIALECTS[expression.dialect].analyse(expression.source);
}
