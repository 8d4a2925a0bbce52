import { BUILTINS, REFUSED } from './builtins.js';
import { functionKey } from './environment.js';
import { isFormat } from './formats.js';
import { type Ast, namesIn, type Pattern } from './syntax.js';

interface Bound {
  readonly variables: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
  readonly labels: ReadonlySet<string>;
}

const NOTHING: Bound = { variables: new Set(), functions: new Set(), labels: new Set() };

/** Variables that the program takes from outside, as `$name`; or the first name in it that means nothing. */
export function inspect(ast: Ast): { readonly names: string[] } | { readonly problem: string } {
  const inspection = new Inspection();
  inspection.visit(ast, NOTHING);
  return inspection.problem === undefined
    ? { names: [...inspection.names] }
    : { problem: inspection.problem };
}

class Inspection {
  readonly names = new Set<string>();
  problem: string | undefined;

  visit(ast: Ast, bound: Bound): void {
    switch (ast.type) {
      case 'variable':
        if (ast.name === 'ENV') this.problem ??= '`$ENV`: the environment of a worker is none of the run';
        else if (!bound.variables.has(ast.name)) this.names.add(`$${ast.name}`);
        return;
      case 'format':
      case 'text':
        return this.visitFormat(ast, bound);
      case 'call':
        return this.visitCall(ast, bound);
      case 'define': {
        const { name, params, body } = ast.definition;
        const outer = {
          ...bound,
          functions: new Set([...bound.functions, functionKey(name, params.length)]),
        };
        const names = params.map((param) => param.replace('$', ''));
        this.visit(body, {
          ...outer,
          functions: new Set([...outer.functions, ...names.map((param) => functionKey(param, 0))]),
          variables: new Set([
            ...bound.variables,
            ...params.filter((param) => param.startsWith('$')).map((param) => param.slice(1)),
          ]),
        });
        return this.visit(ast.rest, outer);
      }
      case 'bind': {
        this.visit(ast.source, bound);
        const inner = withVariables(bound, ast.patterns.flatMap(namesIn));
        for (const pattern of ast.patterns) this.visitPattern(pattern, inner);
        return this.visit(ast.body, inner);
      }
      case 'reduce':
      case 'foreach': {
        this.visit(ast.source, bound);
        this.visit(ast.init, bound);
        const inner = withVariables(bound, namesIn(ast.pattern));
        this.visitPattern(ast.pattern, inner);
        this.visit(ast.update, inner);
        if (ast.type === 'foreach' && ast.extract !== undefined) this.visit(ast.extract, inner);
        return;
      }
      case 'label':
        return this.visit(ast.body, { ...bound, labels: new Set([...bound.labels, ast.name]) });
      case 'break':
        if (!bound.labels.has(ast.name))
          this.problem ??= `there is no \`label $${ast.name}\` around \`break $${ast.name}\``;
        return;
      default:
        for (const part of partsOf(ast)) this.visit(part, bound);
    }
  }

  private visitFormat(ast: Extract<Ast, { type: 'format' | 'text' }>, bound: Bound): void {
    const name = ast.type === 'format' ? ast.name : ast.format;
    if (!isFormat(name)) this.problem ??= `there is no format \`@${name}\``;
    if (ast.type === 'format') return;
    for (const part of ast.parts) if (typeof part !== 'string') this.visit(part, bound);
  }

  private visitCall({ name, args }: Extract<Ast, { type: 'call' }>, bound: Bound): void {
    const key = functionKey(name, args.length);
    if (!bound.functions.has(key) && !BUILTINS.has(key)) {
      const reason = Object.hasOwn(REFUSED, name) ? REFUSED[name] : undefined;
      this.problem ??=
        reason === undefined
          ? `there is no function \`${name}\` with ${args.length} arguments`
          : `\`${name}\` cannot be used here: ${reason}`;
    }
    for (const arg of args) this.visit(arg, bound);
  }

  private visitPattern(pattern: Pattern, bound: Bound): void {
    if (pattern.type === 'list') for (const item of pattern.items) this.visitPattern(item, bound);
    if (pattern.type !== 'map') return;
    for (const { key, value } of pattern.entries) {
      this.visit(key, bound);
      if (value !== undefined) this.visitPattern(value, bound);
    }
  }
}

function withVariables(bound: Bound, names: readonly string[]): Bound {
  return { ...bound, variables: new Set([...bound.variables, ...names]) };
}

function partsOf(ast: Ast): readonly Ast[] {
  switch (ast.type) {
    case 'index':
      return [ast.of, ast.at];
    case 'slice':
      return [
        ast.of,
        ...(ast.from === undefined ? [] : [ast.from]),
        ...(ast.to === undefined ? [] : [ast.to]),
      ];
    case 'iterate':
    case 'negate':
      return [ast.of];
    case 'list':
      return ast.of === undefined ? [] : [ast.of];
    case 'map':
      return ast.entries.flat();
    case 'pipe':
    case 'comma':
    case 'and':
    case 'or':
    case 'alternative':
    case 'binary':
    case 'assign':
      return [ast.left, ast.right];
    case 'if':
      return [ast.condition, ast.then, ...(ast.otherwise === undefined ? [] : [ast.otherwise])];
    case 'try':
      return [ast.body, ...(ast.handler === undefined ? [] : [ast.handler])];
    default:
      return [];
  }
}
