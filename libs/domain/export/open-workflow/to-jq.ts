import { parseProgram } from '../../expressions/dialects/cel/program.js';
import { type Call, type Expr, identifierOf, textOf } from '../../expressions/dialects/cel/syntax.js';

/** Why an expression of CEL has no counterpart in jq. */
export class Untranslatable extends Error {}

/** Members of a step's output that are there, or all of them. */
export type Produced = ReadonlySet<string> | 'all';

/** What an expression may name. */
export interface Names {
  readonly inputs: ReadonlySet<string>;
  /** Steps that come before. */
  readonly steps: ReadonlyMap<string, Produced>;
  /** Variables of loops, and what they are called in jq. */
  readonly variables: ReadonlyMap<string, string>;
}

/** The run's context with the output of one more step. */
export function contextStep(id: string, output: string): string {
  return `$context + {steps: ($context.steps + {${JSON.stringify(id)}: ${output}})}`;
}

/** The same in jq. Throws Untranslatable. */
export function toJq(source: string, names: Names): string {
  return new Translation(names).translate(parseProgram(source));
}

const OPERATORS: Readonly<Record<string, string>> = {
  '_==_': '==',
  '_!=_': '!=',
  '_<_': '<',
  '_<=_': '<=',
  '_>_': '>',
  '_>=_': '>=',
  '_&&_': 'and',
  '_||_': 'or',
  '_+_': '+',
  '_-_': '-',
  '_*_': '*',
};

/** Functions of one text, or of a text and another, as filters of what stands before them. */
const FILTERS: Readonly<Record<string, (args: readonly string[]) => string>> = {
  size: () => 'length',
  startsWith: ([a]) => `startswith(${a})`,
  endsWith: ([a]) => `endswith(${a})`,
  contains: ([a]) => `contains(${a})`,
  string: () => 'tostring',
  trim: () => 'gsub("^\\\\s+|\\\\s+$"; "")',
  lowerAscii: () => 'ascii_downcase',
  upperAscii: () => 'ascii_upcase',
};

class Translation {
  constructor(private readonly names: Names) {}

  translate(expr: Expr | undefined): string {
    const node = expr?.exprKind;
    switch (node?.case) {
      case 'constExpr':
        return this.translateConstant(node.value.constantKind);
      case 'identExpr':
        return this.translateName(node.value.name);
      case 'selectExpr': {
        const { operand, field, testOnly } = node.value;
        if (testOnly) throw new Untranslatable('`has()`');
        return this.translateMember(operand, field);
      }
      case 'callExpr':
        return this.translateCall(node.value);
      case 'listExpr':
        return `[${node.value.elements.map((each) => `(${this.translate(each)})`).join(', ')}]`;
      default:
        throw new Untranslatable('maps, and macros such as `map` and `filter`');
    }
  }

  private translateConstant({ case: kind, value }: { case?: string | undefined; value?: unknown }): string {
    if (kind === 'nullValue') return 'null';
    if (kind === 'stringValue' || kind === 'boolValue') return JSON.stringify(value);
    if (kind === 'int64Value' && Number.isSafeInteger(Number(value))) return String(value);
    throw new Untranslatable('a constant that is no text, whole number or truth');
  }

  private translateName(name: string): string {
    const variable = this.names.variables.get(name);
    if (variable !== undefined) return variable;
    throw new Untranslatable(`\`${name}\` as a whole`);
  }

  private translateMember(operand: Expr | undefined, field: string): string {
    const root = identifierOf(operand);
    if (root !== undefined && !this.names.variables.has(root)) {
      if (root === 'inputs' && this.names.inputs.has(field))
        return `$context.inputs[${JSON.stringify(field)}]`;
      throw new Untranslatable(`\`${root}.${field}\``);
    }
    const output = stepOf(operand);
    if (output !== undefined) {
      if (this.require(output) !== 'all' && !(this.require(output) as ReadonlySet<string>).has(field))
        throw new Untranslatable(`\`output.${field}\` of the step ${output}, which is not handed on`);
      return `$context.steps[${JSON.stringify(output)}][${JSON.stringify(field)}]`;
    }
    const whole = field === 'output' ? stepIdOf(operand) : undefined;
    if (whole !== undefined) {
      if (this.require(whole) !== 'all')
        throw new Untranslatable(`the whole output of the step ${whole}, of which a part is handed on`);
      return `$context.steps[${JSON.stringify(whole)}]`;
    }
    return `(${this.translate(operand)})[${JSON.stringify(field)}]`;
  }

  private require(step: string): Produced {
    const produced = this.names.steps.get(step);
    if (produced === undefined)
      throw new Untranslatable(`the output of the step ${step}, which is not handed on`);
    return produced;
  }

  private translateCall({ function: name, target, args }: Call): string {
    const parts = [...(target === undefined ? [] : [target]), ...args];
    const [a, b, c] = parts;
    const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
    if (operator !== undefined) return `((${this.translate(a)}) ${operator} (${this.translate(b)}))`;
    if (name === '!_') return `((${this.translate(a)}) | not)`;
    if (name === '-_') return `(-(${this.translate(a)}))`;
    if (name === '_?_:_')
      return `(if ${this.translate(a)} then ${this.translate(b)} else ${this.translate(c)} end)`;
    if (name === '@in') return `((${this.translate(a)}) as $it | any((${this.translate(b)})[]; . == $it))`;
    if (name === '_[_]' && (textOf(b) !== undefined || b?.exprKind.case === 'constExpr')) {
      const field = textOf(b);
      return field === undefined
        ? `(${this.translate(a)})[${this.translate(b)}]`
        : this.translateMember(a, field);
    }
    const filter = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined;
    if (filter === undefined) throw new Untranslatable(`\`${name}\``);
    return `((${this.translate(a)}) | ${filter(parts.slice(1).map((each) => this.translate(each)))})`;
  }
}

/** Id, where the expression is `steps.<id>.output`. */
function stepOf(expr: Expr | undefined): string | undefined {
  if (expr?.exprKind.case !== 'selectExpr' || expr.exprKind.value.field !== 'output') return undefined;
  return stepIdOf(expr.exprKind.value.operand);
}

/** Id, where the expression is `steps.<id>`. */
function stepIdOf(expr: Expr | undefined): string | undefined {
  if (expr?.exprKind.case === 'selectExpr') {
    const { operand, field } = expr.exprKind.value;
    return identifierOf(operand) === 'steps' ? field : undefined;
  }
  if (expr?.exprKind.case !== 'callExpr' || expr.exprKind.value.function !== '_[_]') return undefined;
  const [of, key] = expr.exprKind.value.args;
  return identifierOf(of) === 'steps' ? textOf(key) : undefined;
}
