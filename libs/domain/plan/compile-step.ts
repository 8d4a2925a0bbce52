import type { StepDefinitionOf, StepKind, StepsDefinition } from '../definition/definition.js';
import { parseDuration } from '../definition/duration.js';
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
  /** The version of a workflow that a semantic version or an alias means, or a call without a version. */
  requireVersion(workflow: string, named: string | undefined): number;
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

/** Milliseconds. */
export function compileDuration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new Error(`compile was given an unvalidated duration: ${text}`);
  return ms;
}

/** Block `branch` of a container that runs its steps once per turn. */
export function compileTurns(steps: StepsDefinition, compiler: StepCompiler, place: Place): Block {
  return compiler.compileSteps(steps, { ...place, loops: [...place.loops, place.parent!] });
}
