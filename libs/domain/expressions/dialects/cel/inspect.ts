import type { References } from '../../dialect.js';
import { acceptsCall } from './functions.js';
import {
  type Call,
  type Comprehension,
  callOf,
  type Expr,
  identifierOf,
  partsOf,
  qualifiedNameOf,
  SourceError,
  textOf,
} from './syntax.js';

/** Depth of the syntax tree beyond which an expression is refused: the evaluator recurses. */
const MAX_DEPTH = 250;

const MAX_INT = 2n ** 63n - 1n;
const MAX_UINT = 2n ** 64n - 1n;

/** Names that CEL itself gives to its types. */
const TYPE_NAMES: ReadonlySet<string> = new Set([
  'bool',
  'bytes',
  'double',
  'google.protobuf.Duration',
  'google.protobuf.Timestamp',
  'int',
  'list',
  'map',
  'null_type',
  'string',
  'type',
  'uint',
]);

const MACROS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'existsOne', 'filter', 'map']);

/** Functions of the platform that ask how the needs ended. */
const STATUS_FUNCTIONS: ReadonlySet<string> = new Set(['always', 'failed', 'succeeded']);

/**
 * What a freshly parsed expression refers to.
 * @param offsetOf where a node stands in the source
 * @throws SourceError for what parses but can never be evaluated
 */
export function inspect(expr: Expr, offsetOf: (node: Expr) => number): References {
  const inspector = new Inspector(offsetOf);
  inspector.visit(expr, new Set(), 1);
  return {
    inputs: [...inspector.inputs],
    steps: [...inspector.steps],
    names: [...inspector.names],
    asksStatus: inspector.asksStatus,
    inputsWhole: inspector.inputsWhole,
    dynamicSteps: inspector.dynamicSteps,
  };
}

class Inspector {
  readonly inputs = new Set<string>();
  readonly steps = new Set<string>();
  readonly names = new Set<string>();
  asksStatus = false;
  inputsWhole = false;
  dynamicSteps = false;

  constructor(private readonly offsetOf: (node: Expr) => number) {}

  /** @param bound variables of the macros around */
  visit(expr: Expr, bound: ReadonlySet<string>, depth: number): void {
    if (depth > MAX_DEPTH) throw this.error(expr, 'The expression nests too deeply.');
    if (!this.visitNode(expr, bound, depth)) {
      for (const part of partsOf(expr)) this.visit(part, bound, depth + 1);
    }
  }

  /** True when the parts of the node need no visit. */
  private visitNode(expr: Expr, bound: ReadonlySet<string>, depth: number): boolean {
    const { exprKind: node } = expr;
    switch (node.case) {
      case 'constExpr':
        this.visitConstant(expr, node.value.constantKind);
        return true;
      case 'identExpr':
        this.visitName(node.value.name, bound);
        return true;
      case 'selectExpr':
        return this.noteMember(node.value.operand, node.value.field, bound) || isTypeName(expr, bound);
      case 'callExpr':
        return this.visitCall(expr, node.value, bound, depth);
      case 'structExpr':
        if (node.value.messageName === '') return false;
        throw this.error(expr, `There is no type "${node.value.messageName}" to make a value of.`);
      case 'comprehensionExpr':
        this.visitComprehension(expr, node.value, bound, depth);
        return true;
      default:
        return false;
    }
  }

  private visitConstant(
    expr: Expr,
    constant: Extract<Expr['exprKind'], { case: 'constExpr' }>['value']['constantKind'],
  ): void {
    const tooLarge =
      (constant.case === 'int64Value' && (constant.value > MAX_INT || constant.value < -MAX_INT - 1n)) ||
      (constant.case === 'uint64Value' && constant.value > MAX_UINT);
    if (tooLarge) throw this.error(expr, 'The number does not fit into 64 bits.');
  }

  private visitName(name: string, bound: ReadonlySet<string>): void {
    if (bound.has(name) || TYPE_NAMES.has(name)) return;
    this.names.add(name);
    if (name === 'inputs') this.inputsWhole = true;
    if (name === 'steps') this.dynamicSteps = true;
  }

  /** Notes `inputs.x`, `steps.x`; false when `operand` is neither root. */
  private noteMember(operand: Expr | undefined, member: string, bound: ReadonlySet<string>): boolean {
    const root = identifierOf(operand);
    if ((root !== 'inputs' && root !== 'steps') || bound.has(root)) return false;
    this.names.add(root);
    this[root].add(member);
    return true;
  }

  /** True when the parts of the call need no visit. */
  private visitCall(expr: Expr, call: Call, bound: ReadonlySet<string>, depth: number): boolean {
    const { function: name, target, args } = call;
    if (name === '_[_]') {
      const member = textOf(args[1]);
      return member !== undefined && this.noteMember(args[0], member, bound);
    }
    if (!/^[A-Za-z_]\w*$/.test(name)) return false; // an operator
    if (STATUS_FUNCTIONS.has(name) && target === undefined && args.length === 0) {
      this.asksStatus = true;
      return true;
    }
    for (const part of partsOf(expr)) this.visit(part, bound, depth + 1);
    const problem = explainCall(call);
    if (problem !== undefined) throw this.error(expr, problem);
    return true;
  }

  private visitComprehension(
    expr: Expr,
    loop: Comprehension,
    bound: ReadonlySet<string>,
    depth: number,
  ): void {
    if (loop.iterVar === 'steps' || loop.iterVar === 'inputs') {
      throw this.error(expr, `A variable of a macro cannot be called "${loop.iterVar}".`);
    }
    const inLoop = new Set(bound).add(loop.iterVar).add(loop.accuVar);
    if (loop.iterRange !== undefined) this.visit(loop.iterRange, bound, depth + 1);
    for (const part of [loop.loopCondition, loop.loopStep]) {
      if (part !== undefined) this.visit(part, inLoop, depth + 1);
    }
  }

  private error(node: Expr, message: string): SourceError {
    return new SourceError(message, this.offsetOf(node));
  }
}

function isTypeName(expr: Expr, bound: ReadonlySet<string>): boolean {
  const name = qualifiedNameOf(expr);
  return name !== undefined && TYPE_NAMES.has(name) && !bound.has('google');
}

function explainCall({ function: name, target, args }: Call): string | undefined {
  if (acceptsCall(name, target !== undefined, args.length)) return undefined;
  if (name === 'has') return 'has() takes one member, as in has(inputs.region).';
  if (MACROS.has(name) && target !== undefined) {
    return `${name}() takes a variable and what to do with it, as in list.${name}(item, item != "").`;
  }
  if (STATUS_FUNCTIONS.has(name)) return `${name}() takes nothing and stands alone.`;
  const known =
    acceptsCall(name, target === undefined, args.length + (target === undefined ? -1 : 1)) ||
    [0, 1, 2, 3].some((count) => acceptsCall(name, true, count) || acceptsCall(name, false, count));
  return known ? `${name}() is not called like this.` : `There is no function "${name}".`;
}

/** Depth first; used by what rewrites a tree that was inspected, hence of bounded depth. */
export function countNodes(expr: Expr | undefined): number {
  if (expr === undefined) return 0;
  const loop = expr.exprKind.case === 'comprehensionExpr' ? expr.exprKind.value : undefined;
  const parts = loop === undefined ? partsOf(expr) : loop.iterRange === undefined ? [] : [loop.iterRange];
  return parts.reduce((count, part) => count + countNodes(part), 1);
}

/** `failed`, `always` or `succeeded`, when the expression calls it. */
export function statusFunctionOf(expr: Expr): string | undefined {
  const call = callOf(expr);
  return call !== undefined && call.target === undefined && STATUS_FUNCTIONS.has(call.function)
    ? call.function
    : undefined;
}
