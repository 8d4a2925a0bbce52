import type { StepDefinitionOf, StepKind, StepsDefinition } from '../definition/definition.js';
import { analyse } from '../expressions/analyse.js';
import { parseTemplate } from '../expressions/template.js';
import type { Json } from '../json.js';
import type { PlanAction } from './action.js';
import type { Block, Expression, NodeIndex, NodeKinds, Template } from './plan.js';

/** Where a block stands. */
export interface Place {
  readonly parent: NodeIndex | null;
  readonly branch: number;
  readonly loops: readonly NodeIndex[];
}

/** What the kinds need of the compiler. */
export interface StepCompiler {
  compileSteps(steps: StepsDefinition, place: Place): Block;
  requireAction(name: string): PlanAction;
}

/** What a step of one kind becomes in the Plan. `place.parent` is the step itself. */
export type CompileStep<K extends StepKind> = (
  step: StepDefinitionOf<K>,
  compiler: StepCompiler,
  place: Place,
) => NodeKinds[K];

/** Template of any value in which `${{ }}` may stand. */
export function compileTemplate(value: Json): Template {
  return parseTemplate(value).template;
}

/** Bare CEL, as in `if`. */
export function compileExpression(source: string): Expression {
  return { dialect: 'cel', source };
}

/** Whether the expression asks about failures itself, and so runs where a need failed. */
export function asksStatus(expression: Expression): boolean {
  const analysis = analyse(expression);
  return analysis.ok && analysis.references.asksStatus;
}
