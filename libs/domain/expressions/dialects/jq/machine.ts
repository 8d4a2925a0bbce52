import type { Json } from '../../../json.js';
import { bind, fold } from './binding.js';
import { BUILTINS } from './builtins.js';
import { bindValue, type Closure, type Environment, find, functionKey } from './environment.js';
import { JqError } from './error.js';
import { applyFormat } from './formats.js';
import type { Meter } from './meter.js';
import { operate } from './operators.js';
import { getAt } from './paths.js';
import { computed, type Emit, type Path, ROOT, requirePlace, toKeys } from './place.js';
import type { Ast, Definition } from './syntax.js';
import { assign } from './updates.js';
import { describe, isTrue, put, valuesOf } from './values.js';

/** Leaves everything up to a label. */
class Break extends Error {
  constructor(readonly label: object) {
    super('break');
  }
}

/** Carries an error of what comes after a `try` through it. */
class Passing extends Error {
  constructor(
    readonly through: object,
    readonly error: unknown,
  ) {
    super('passing');
  }
}

/**
 * Runs a program: every filter hands its outputs on as it makes them, so what nobody takes is never computed. All work
 * is counted by the meter, at the latest where the next filter begins.
 */
export class Machine {
  constructor(
    readonly meter: Meter,
    /** Value of a variable that the program does not bind itself. */
    private readonly global: (name: string) => Json | undefined,
  ) {}

  run(ast: Ast, environment: Environment, value: Json, path: Path, emit: Emit): void {
    this.meter.enter();
    this.step(ast, environment, value, path, emit);
    this.meter.leave();
  }

  /** Outputs, without their places. */
  each({ body, environment }: Closure, value: Json, emit: (output: Json) => void): void {
    this.run(body, environment, value, undefined, emit);
  }

  collect(closure: Closure, value: Json): Json[] {
    const outputs: Json[] = [];
    this.each(closure, value, (output) => {
      this.meter.chargeElements(1);
      outputs.push(output);
    });
    return outputs;
  }

  pathsOf({ body, environment }: Closure, value: Json, emit: (path: Json[], output: Json) => void): void {
    this.run(body, environment, value, ROOT, (output, path) => emit(toKeys(path, output), output));
  }

  /** Runs `body` until it calls its argument. */
  until(body: (leave: () => never) => void): void {
    const label = {};
    const { depth } = this.meter;
    try {
      body(() => {
        throw new Break(label);
      });
    } catch (error) {
      if (!(error instanceof Break) || error.label !== label) throw error;
      this.meter.depth = depth;
    }
  }

  /** The outputs of `body`; its error goes to `handle`, that of whoever takes an output does not. */
  attempt(body: (emit: Emit) => void, emit: Emit, handle: (error: JqError) => void): void {
    const through = {};
    const { depth } = this.meter;
    try {
      body((value, path) => {
        try {
          emit(value, path);
        } catch (error) {
          throw error instanceof JqError ? new Passing(through, error) : error;
        }
      });
    } catch (error) {
      if (error instanceof Passing && error.through === through) throw error.error;
      if (!(error instanceof JqError)) throw error;
      this.meter.depth = depth;
      handle(error);
    }
  }

  private step(ast: Ast, environment: Environment, value: Json, path: Path, emit: Emit): void {
    switch (ast.type) {
      case 'identity':
        return emit(value, path);
      case 'literal':
        return emit(ast.value, computed(path));
      case 'pipe':
        return this.run(ast.left, environment, value, path, (output, place) =>
          this.run(ast.right, environment, output, place, emit),
        );
      case 'comma':
        this.run(ast.left, environment, value, path, emit);
        return this.run(ast.right, environment, value, path, emit);
      case 'index':
      case 'slice':
      case 'iterate':
      case 'recurse':
        return this.reach(ast, environment, value, path, emit);
      case 'call':
        return this.call(ast, environment, value, path, emit);
      case 'variable':
        return emit(this.requireVariable(ast.name, environment), computed(path));
      case 'bind':
        return bind(this, ast, { environment, value, path }, emit);
      case 'if':
        return this.run(ast.condition, environment, value, undefined, (held) => {
          if (isTrue(held)) this.run(ast.then, environment, value, path, emit);
          else if (ast.otherwise === undefined) emit(value, path);
          else this.run(ast.otherwise, environment, value, path, emit);
        });
      case 'define': {
        const { name, params } = ast.definition;
        const key = functionKey(name, params.length);
        const inner = { kind: 'function', key, definition: ast.definition, outer: environment } as const;
        return this.run(ast.rest, inner, value, path, emit);
      }
      case 'reduce':
      case 'foreach':
        return fold(this, ast, { environment, value, path }, emit);
      case 'try':
        return this.attempt(
          (take) => this.run(ast.body, environment, value, path, take),
          emit,
          (error) => {
            if (ast.handler !== undefined)
              this.run(ast.handler, environment, error.value, computed(path), emit);
          },
        );
      case 'alternative':
        return this.choose(ast, environment, value, path, emit);
      case 'assign':
        return assign(this, ast, environment, value, (output) => emit(output, computed(path)));
      case 'label': {
        const label = {};
        const inner = { kind: 'label', key: `*${ast.name}`, label, outer: environment } as const;
        const { depth } = this.meter;
        try {
          return this.run(ast.body, inner, value, path, emit);
        } catch (error) {
          if (!(error instanceof Break) || error.label !== label) throw error;
          this.meter.depth = depth;
          return;
        }
      }
      case 'break': {
        const frame = find(environment, `*${ast.name}`);
        if (frame?.kind !== 'label') throw new JqError(`$*label-${ast.name} is not defined`);
        throw new Break(frame.label);
      }
      default:
        return this.compute(ast, environment, value, (output) => emit(output, computed(path)));
    }
  }

  /** What makes values of its own, which stand nowhere in the input. */
  private compute(
    ast: Extract<Ast, { type: 'text' | 'format' | 'list' | 'map' | 'and' | 'or' | 'binary' | 'negate' }>,
    environment: Environment,
    value: Json,
    emit: (output: Json) => void,
  ): void {
    const { meter } = this;
    switch (ast.type) {
      case 'binary':
        return this.run(ast.right, environment, value, undefined, (right) =>
          this.run(ast.left, environment, value, undefined, (left) =>
            emit(operate(ast.operator, left, right, meter)),
          ),
        );
      case 'and':
      case 'or':
        return this.run(ast.left, environment, value, undefined, (left) => {
          if (isTrue(left) === (ast.type === 'or')) return emit(ast.type === 'or');
          this.run(ast.right, environment, value, undefined, (right) => emit(isTrue(right)));
        });
      case 'negate':
        return this.run(ast.of, environment, value, undefined, (output) => {
          if (typeof output !== 'number') throw new JqError(`${describe(output)} cannot be negated`);
          emit(-output);
        });
      case 'format':
        return emit(applyFormat(ast.name, value, meter));
      case 'text':
        return this.write(ast, 0, '', environment, value, emit);
      case 'list': {
        const items: Json[] = [];
        if (ast.of !== undefined)
          this.run(ast.of, environment, value, undefined, (item) => {
            meter.chargeList(1);
            items.push(item);
          });
        return emit(items);
      }
      case 'map':
        return this.build(ast.entries, 0, [], environment, value, emit);
    }
  }

  private write(
    ast: Extract<Ast, { type: 'text' }>,
    at: number,
    text: string,
    environment: Environment,
    value: Json,
    emit: (output: Json) => void,
  ): void {
    this.meter.chargeBuilt(text.length);
    const part = ast.parts[at];
    if (part === undefined) return emit(text);
    if (typeof part === 'string') return this.write(ast, at + 1, text + part, environment, value, emit);
    this.run(part, environment, value, undefined, (output) =>
      this.write(ast, at + 1, text + applyFormat(ast.format, output, this.meter), environment, value, emit),
    );
  }

  private build(
    entries: readonly (readonly [Ast, Ast])[],
    at: number,
    made: readonly (readonly [string, Json])[],
    environment: Environment,
    value: Json,
    emit: (output: Json) => void,
  ): void {
    const entry = entries[at];
    if (entry === undefined) {
      const map: Record<string, Json> = {};
      this.meter.chargeElements(made.length);
      for (const [key, item] of made) put(map, key, item);
      return emit(map);
    }
    this.run(entry[0], environment, value, undefined, (key) => {
      if (typeof key !== 'string') throw new JqError(`Object keys must be strings`);
      this.run(entry[1], environment, value, undefined, (item) =>
        this.build(entries, at + 1, [...made, [key, item]], environment, value, emit),
      );
    });
  }

  private reach(
    ast: Extract<Ast, { type: 'index' | 'slice' | 'iterate' | 'recurse' }>,
    environment: Environment,
    value: Json,
    path: Path,
    emit: Emit,
  ): void {
    if (ast.type === 'recurse') return this.descend(value, path, emit);
    const reachFrom = (take: (of: Json, place: Path) => void) =>
      this.run(ast.of, environment, value, path, take);
    if (ast.type === 'iterate') return reachFrom((of, place) => this.iterate(of, place, emit));
    if (ast.type === 'index')
      return this.run(ast.at, environment, value, undefined, (key) =>
        reachFrom((of, place) => this.goTo(of, key, place, emit)),
      );
    const bound = (part: Ast | undefined, take: (bound: Json) => void) =>
      part === undefined ? take(null) : this.run(part, environment, value, undefined, take);
    bound(ast.to, (end) =>
      bound(ast.from, (start) => reachFrom((of, place) => this.goTo(of, { start, end }, place, emit))),
    );
  }

  goTo(of: Json, key: Json, path: Path, emit: Emit): void {
    requirePlace(path, of, key);
    emit(getAt(of, key, this.meter), path && { outer: path, key });
  }

  iterate(of: Json, path: Path, emit: Emit): void {
    requirePlace(path, of, null);
    const values = valuesOf(of);
    this.meter.chargeElements(values.length);
    if (path === undefined) {
      for (const item of values) emit(item, undefined);
    } else {
      const keys = Array.isArray(of) ? values.keys() : Object.keys(of as object);
      let at = 0;
      for (const key of keys) emit(values[at++]!, { outer: path, key });
    }
  }

  private descend(value: Json, path: Path, emit: Emit): void {
    this.meter.enter();
    emit(value, path);
    if (typeof value === 'object' && value !== null)
      this.iterate(value, path, (item, place) => this.descend(item, place, emit));
    this.meter.leave();
  }

  private requireVariable(name: string, environment: Environment): Json {
    const frame = find(environment, `$${name}`);
    if (frame?.kind === 'value') return frame.value;
    const value = this.global(name);
    if (value === undefined) throw new JqError(`$${name} is not defined`);
    return value;
  }

  private call(
    ast: Extract<Ast, { type: 'call' }>,
    environment: Environment,
    value: Json,
    path: Path,
    emit: Emit,
  ): void {
    const key = functionKey(ast.name, ast.args.length);
    const frame = find(environment, key);
    if (frame?.kind === 'closure')
      return this.run(frame.closure.body, frame.closure.environment, value, path, emit);
    const args = ast.args.map((body) => ({ body, environment }));
    if (frame?.kind === 'function') return this.enter(frame.definition, frame, args, value, path, emit);
    const builtin = BUILTINS.get(key);
    if (builtin === undefined) throw new JqError(`${key} is not defined`);
    if (builtin.kind === 'defined') {
      const { definition } = builtin;
      return this.enter(definition, undefined, args, value, path, emit);
    }
    if (builtin.kind === 'filter') return builtin.run(this, args, value, path, emit);
    this.product(args, 0, [], value, (values) =>
      emit(builtin.compute(this.meter, value, ...values), computed(path)),
    );
  }

  /** Every combination of the arguments' outputs, that of the first changing fastest. */
  private product(
    args: readonly Closure[],
    at: number,
    values: readonly Json[],
    value: Json,
    take: (values: readonly Json[]) => void,
  ): void {
    const arg = args[args.length - 1 - at];
    if (arg === undefined) return take(values);
    this.each(arg, value, (output) => this.product(args, at + 1, [output, ...values], value, take));
  }

  private enter(
    definition: Definition,
    scope: Environment,
    args: readonly Closure[],
    value: Json,
    path: Path,
    emit: Emit,
  ): void {
    const bind = (at: number, environment: Environment): void => {
      const param = definition.params[at];
      if (param === undefined) return this.run(definition.body, environment, value, path, emit);
      const closure = args[at]!;
      if (!param.startsWith('$')) {
        return bind(at + 1, { kind: 'closure', key: functionKey(param, 0), closure, outer: environment });
      }
      this.each(closure, value, (output) => {
        const bound = bindValue(environment, param.slice(1), output);
        const key = functionKey(param.slice(1), 0);
        const constant: Closure = { body: { type: 'literal', value: output }, environment: undefined };
        bind(at + 1, { kind: 'closure', key, closure: constant, outer: bound });
      });
    };
    bind(0, scope);
  }

  private choose(
    ast: Extract<Ast, { type: 'alternative' }>,
    environment: Environment,
    value: Json,
    path: Path,
    emit: Emit,
  ): void {
    let any = false;
    this.attempt(
      (take) =>
        this.run(ast.left, environment, value, path, (output, place) => {
          if (!isTrue(output)) return;
          any = true;
          take(output, place);
        }),
      emit,
      () => undefined,
    );
    if (!any) this.run(ast.right, environment, value, path, emit);
  }
}
