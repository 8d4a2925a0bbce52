import { isJsonObject, type Json } from '../../../json.js';
import { bindValue, type Environment } from './environment.js';
import { JqError } from './error.js';
import type { Machine } from './machine.js';
import { getAt } from './paths.js';
import { computed, type Emit, type Path } from './place.js';
import { type Ast, namesIn, type Pattern } from './syntax.js';
import { describe } from './values.js';

/** What a filter is run on. */
interface Place {
  readonly environment: Environment;
  readonly value: Json;
  readonly path: Path;
}

export function bind(
  machine: Machine,
  { source, patterns, body }: Extract<Ast, { type: 'bind' }>,
  { environment, value, path }: Place,
  emit: Emit,
): void {
  const names = patterns.length === 1 ? [] : patterns.flatMap(namesIn);
  const unbound = names.reduce<Environment>((inner, name) => bindValue(inner, name, null), environment);
  machine.run(source, environment, value, undefined, (output) => {
    const take = (at: number): void => {
      const bindTo = (emitted: Emit) =>
        match(machine, patterns[at]!, output, unbound, value, (inner) =>
          machine.run(body, inner, value, path, emitted),
        );
      if (at === patterns.length - 1) return bindTo(emit);
      machine.attempt(bindTo, emit, () => take(at + 1));
    };
    take(0);
  });
}

/** The environment with what the pattern binds, once per way to read it. */
function match(
  machine: Machine,
  pattern: Pattern,
  output: Json,
  environment: Environment,
  value: Json,
  take: (environment: Environment) => void,
): void {
  if (pattern.type === 'name') return take(bindValue(environment, pattern.name, output));
  if (pattern.type === 'list') {
    if (output !== null && !Array.isArray(output))
      throw new JqError(`Cannot index ${describe(output)} with number`);
    const next = (at: number, inner: Environment): void => {
      const item = pattern.items[at];
      if (item === undefined) return take(inner);
      const part = (output as readonly Json[] | null)?.[at] ?? null;
      match(machine, item, part, inner, value, (bound) => next(at + 1, bound));
    };
    return next(0, environment);
  }
  const next = (at: number, inner: Environment): void => {
    const entry = pattern.entries[at];
    if (entry === undefined) return take(inner);
    machine.run(entry.key, inner, value, undefined, (key) => {
      if (typeof key !== 'string')
        throw new JqError(`Cannot index ${describe(output)} with ${describe(key)}`);
      if (output !== null && !isJsonObject(output))
        throw new JqError(`Cannot index ${describe(output)} with "${key}"`);
      const part = getAt(output, key, machine.meter);
      const named = entry.name === undefined ? inner : bindValue(inner, entry.name, part);
      if (entry.value === undefined) return next(at + 1, named);
      match(machine, entry.value, part, named, value, (bound) => next(at + 1, bound));
    });
  };
  next(0, environment);
}

export function fold(
  machine: Machine,
  ast: Extract<Ast, { type: 'reduce' | 'foreach' }>,
  { environment, value, path }: Place,
  emit: Emit,
): void {
  machine.run(ast.init, environment, value, path, (initial, start) => {
    let state: Json = initial;
    let place = start;
    machine.run(ast.source, environment, value, undefined, (item) =>
      match(machine, ast.pattern, item, environment, value, (inner) => {
        if (ast.type === 'reduce') {
          let last: Json = null;
          let lastPlace: Path = computed(path);
          machine.run(ast.update, inner, state, place, (output, at) => {
            last = output;
            lastPlace = at;
          });
          state = last;
          place = lastPlace;
          return;
        }
        machine.run(ast.update, inner, state, place, (output, at) => {
          state = output;
          place = at;
          if (ast.extract === undefined) emit(output, at);
          else machine.run(ast.extract, inner, output, at, emit);
        });
      }),
    );
    if (ast.type === 'reduce') emit(state, place);
  });
}
