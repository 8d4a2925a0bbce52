import type { parse } from '@bufbuild/cel';

/** CEL's abstract syntax (`cel.expr` of the CEL specification), as the parser makes it: macros already expanded. */
export type Expr = NonNullable<ReturnType<typeof parse>['expr']>;

type NodeCase = NonNullable<Expr['exprKind']['case']>;

type NodeValue<C extends NodeCase> = Extract<Expr['exprKind'], { case: C }>['value'];

export type Call = NodeValue<'callExpr'>;
export type Comprehension = NodeValue<'comprehensionExpr'>;

/** Why a source is no expression, and where. */
export class SourceError extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/** The direct parts of an expression, in written order as far as that is known. */
export function partsOf(expr: Expr): Expr[] {
  const { exprKind: node } = expr;
  switch (node.case) {
    case 'selectExpr':
      return present(node.value.operand);
    case 'callExpr':
      return present(node.value.target, ...node.value.args);
    case 'listExpr':
      return node.value.elements;
    case 'structExpr':
      return node.value.entries.flatMap((entry) =>
        entry.keyKind.case === 'mapKey' ? present(entry.keyKind.value, entry.value) : present(entry.value),
      );
    case 'comprehensionExpr': {
      const { iterRange, accuInit, loopCondition, loopStep, result } = node.value;
      return present(iterRange, accuInit, loopCondition, loopStep, result);
    }
    default:
      return [];
  }
}

function present(...parts: (Expr | undefined)[]): Expr[] {
  return parts.filter((part) => part !== undefined);
}

/** Name, when the expression is one identifier. */
export function identifierOf(expr: Expr | undefined): string | undefined {
  return expr?.exprKind.case === 'identExpr' ? expr.exprKind.value.name : undefined;
}

/** Text, when the expression is one text constant. */
export function textOf(expr: Expr | undefined): string | undefined {
  if (expr?.exprKind.case !== 'constExpr') return undefined;
  const { constantKind } = expr.exprKind.value;
  return constantKind.case === 'stringValue' ? constantKind.value : undefined;
}

export function callOf(expr: Expr | undefined): Call | undefined {
  return expr?.exprKind.case === 'callExpr' ? expr.exprKind.value : undefined;
}

/** `a.b.c` of names alone, as one text. */
export function qualifiedNameOf(expr: Expr | undefined): string | undefined {
  if (expr?.exprKind.case !== 'selectExpr') return identifierOf(expr);
  const { operand, field, testOnly } = expr.exprKind.value;
  const parent = testOnly ? undefined : qualifiedNameOf(operand);
  return parent === undefined ? undefined : `${parent}.${field}`;
}

export function makeIdentifier(id: bigint, name: string): Expr {
  return {
    $typeName: 'cel.expr.Expr',
    id,
    exprKind: { case: 'identExpr', value: { $typeName: 'cel.expr.Expr.Ident', name } },
  };
}

export function makeCall(id: bigint, name: string, args: Expr[]): Expr {
  return {
    $typeName: 'cel.expr.Expr',
    id,
    exprKind: { case: 'callExpr', value: { $typeName: 'cel.expr.Expr.Call', function: name, args } },
  };
}

export function makeText(id: bigint, text: string): Expr {
  return {
    $typeName: 'cel.expr.Expr',
    id,
    exprKind: {
      case: 'constExpr',
      value: { $typeName: 'cel.expr.Constant', constantKind: { case: 'stringValue', value: text } },
    },
  };
}

export function makeBool(id: bigint, value: boolean): Expr {
  return {
    $typeName: 'cel.expr.Expr',
    id,
    exprKind: {
      case: 'constExpr',
      value: { $typeName: 'cel.expr.Constant', constantKind: { case: 'boolValue', value } },
    },
  };
}
