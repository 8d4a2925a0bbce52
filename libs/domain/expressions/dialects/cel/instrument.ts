import { countNodes, statusFunctionOf } from './inspect.js';
import {
  type Comprehension,
  callOf,
  type Expr,
  identifierOf,
  makeBool,
  makeCall,
  makeIdentifier,
  makeText,
  partsOf,
} from './syntax.js';

/**
 * Nodes of the syntax tree, evaluated in one turn of a loop, that make one evaluation step. So few because each may make
 * an error, the dearest thing there is to evaluate.
 */
const NODES_PER_STEP = 4;

/** Name of the variable whose reading takes `steps` from the budget; `@` keeps it out of reach of any source. */
export function tickName(steps: number): string {
  return `@tick ${steps}`;
}

/** Names of the variables that hold whether a need failed, and whether none did, nor was rejected. */
export const FAILED = '@failed';
export const SUCCEEDED = '@succeeded';

/**
 * Changes an inspected expression, in place, into one that keeps to its budget and means what CEL says it means:
 * every turn of a loop reads a tick before anything else, its range is charged for, lists grow in place rather than as
 * a chain as long as the loop, `has()` sees a member that is null, and the status functions become data.
 * @returns the different costs, in steps, of a turn
 */
export function instrument(expr: Expr): ReadonlySet<number> {
  const costs = new Set<number>();
  visit(expr, costs);
  return costs;
}

function visit(expr: Expr, costs: Set<number>): void {
  for (const part of partsOf(expr)) visit(part, costs);
  const { exprKind: node } = expr;
  if (node.case === 'comprehensionExpr') boundLoop(expr, node.value, costs);
  else if (node.case === 'selectExpr' && node.value.testOnly && node.value.operand !== undefined) {
    expr.exprKind = makeCall(expr.id, '@in', [
      makeText(expr.id, node.value.field),
      node.value.operand,
    ]).exprKind;
  } else if (node.case === 'callExpr') resolveStatus(expr);
}

function resolveStatus(expr: Expr): void {
  switch (statusFunctionOf(expr)) {
    case 'always':
      expr.exprKind = makeBool(expr.id, true).exprKind;
      break;
    case 'failed':
      expr.exprKind = makeIdentifier(expr.id, FAILED).exprKind;
      break;
    case 'succeeded':
      expr.exprKind = makeIdentifier(expr.id, SUCCEEDED).exprKind;
      break;
  }
}

function boundLoop(expr: Expr, loop: Comprehension, costs: Set<number>): void {
  const { iterRange, loopCondition, loopStep, accuInit } = loop;
  if (iterRange === undefined || loopCondition === undefined) return;
  const cost = Math.max(1, (countNodes(loopCondition) + countNodes(loopStep)) / NODES_PER_STEP);
  costs.add(cost);
  const tick = makeIdentifier(expr.id, tickName(cost));
  loop.iterRange = makeCall(expr.id, '@range', [iterRange]);
  loop.loopCondition =
    loopCondition.exprKind.case === 'constExpr' ? tick : makeCall(expr.id, '_&&_', [tick, loopCondition]);
  if (accuInit?.exprKind.case === 'listExpr') {
    accuInit.exprKind = makeCall(accuInit.id, '@list', []).exprKind;
    growInPlace(loopStep, loop.accuVar);
  }
}

/** Turns `accumulator + [item]`, alone or as a branch of a condition, into `@append(accumulator, item)`. */
function growInPlace(step: Expr | undefined, accumulator: string): void {
  const call = callOf(step);
  if (call?.function === '_?_:_') {
    growInPlace(call.args[1], accumulator);
    return;
  }
  const [list, added] = call?.args ?? [];
  if (step === undefined || call?.function !== '_+_' || identifierOf(list) !== accumulator) return;
  if (list === undefined || added?.exprKind.case !== 'listExpr') return;
  step.exprKind = makeCall(step.id, '@append', [list, ...added.exprKind.value.elements]).exprKind;
}
