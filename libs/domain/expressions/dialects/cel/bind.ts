import { type CelInput, type CelList, type CelMap, celError, celList, celMap } from '@bufbuild/cel';
import type { Json, JsonObject } from '../../../json.js';
import type { Scope } from '../../dialect.js';
import { charge, chargeElements, MAX_VALUE_DEPTH } from './meter.js';

/** Steps of asking for a member that is not there: mostly, an error is made of it. */
const MISS_COST = 0.5;

/** CEL's views of lists and objects, by identity; and, the other way, what a view shows. */
const views = new WeakMap<object, CelList | CelMap>();
const shown = new WeakMap<object, Json>();

/** A JSON value as CEL: whole numbers that are safe are int, others double; objects are converted as they are read. */
export function bind(value: Json, depth = 0): CelInput {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  const known = views.get(value);
  if (known !== undefined) return known;
  if (depth > MAX_VALUE_DEPTH) throw new Error('a list nests too deeply');
  const view = Array.isArray(value)
    ? celList((value as readonly Json[]).map((item) => bind(item, depth + 1)))
    : celMap(new ObjectView(value as JsonObject));
  views.set(value, view);
  shown.set(view, value);
  return view;
}

/** The JSON value that CEL sees as `view`, so that what is only passed on is not copied. */
export function jsonOf(view: object): Json | undefined {
  return shown.get(view);
}

/** `steps`: any step by its id. The set of all steps is nothing that a scope can tell. */
export function bindSteps(scope: Scope): CelMap {
  return celMap(new StepsView(scope));
}

abstract class View implements ReadonlyMap<string, CelInput> {
  /** CEL asks with any kind of key. */
  abstract get(key: unknown): CelInput | undefined;
  protected abstract names(): readonly string[];

  get size(): number {
    return this.names().length;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  keys(): MapIterator<string> {
    const names = this.names();
    chargeElements(names.length);
    return names.values();
  }

  *entries(): MapIterator<[string, CelInput]> {
    for (const name of this.keys()) yield [name, this.get(name)!];
  }

  *values(): MapIterator<CelInput> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): MapIterator<[string, CelInput]> {
    return this.entries();
  }

  forEach(visit: (value: CelInput, key: string, map: ReadonlyMap<string, CelInput>) => void): void {
    for (const [key, value] of this.entries()) visit(value, key, this);
  }
}

/** The own members of an object, and nothing of its prototype. */
export class ObjectView extends View {
  private known: readonly string[] | undefined;

  constructor(private readonly object: JsonObject) {
    super();
  }

  get(key: unknown): CelInput | undefined {
    if (typeof key === 'string' && Object.hasOwn(this.object, key)) return bind(this.object[key]!);
    charge(MISS_COST);
    return undefined;
  }

  protected names(): readonly string[] {
    this.known ??= Object.keys(this.object);
    return this.known;
  }
}

class StepsView extends View {
  constructor(private readonly scope: Scope) {
    super();
  }

  get(key: unknown): CelInput | undefined {
    if (typeof key !== 'string') return undefined;
    const step = this.scope.step?.(key);
    return step === undefined ? undefined : bind(step);
  }

  protected names(): never {
    throw celError('`steps` is used as a whole; it gives single steps only, as steps.<id>');
  }
}
