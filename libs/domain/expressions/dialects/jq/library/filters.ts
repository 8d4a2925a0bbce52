import type { Json } from '../../../../json.js';
import type { Filters } from '../builtins.js';
import type { Closure } from '../environment.js';
import { JqError } from '../error.js';
import type { Machine } from '../machine.js';
import { getPath } from '../paths.js';
import { computed } from '../place.js';
import { compare, describe, isTrue, requireList, sortBy } from '../values.js';
import { matching } from './patterns.js';

/** Functions that run their arguments themselves: as often as they like, or for their places. */
export const filters: Filters = {
  ...matching,
  'empty/0': () => undefined,
  'not/0': (_machine, _args, input, path, emit) => emit(!isTrue(input), computed(path)),
  'error/0': (_machine, _args, input) => {
    throw new JqError(input);
  },
  'error/1': (machine, [message], input) =>
    machine.each(message!, input, (value) => {
      throw new JqError(value);
    }),
  'path/1': (machine, [of], input, path, emit) =>
    machine.pathsOf(of!, input, (keys) => emit(keys, computed(path))),
  'getpath/1': (machine, [of], input, path, emit) =>
    machine.each(of!, input, (keys) => {
      const list = requireList(keys, 'Path must be specified as an array');
      const value = getPath(input, list, machine.meter);
      if (path === undefined) return emit(value, undefined);
      emit(
        value,
        list.reduce<typeof path>((outer, key) => ({ outer, key }), path),
      );
    }),
  'range/1': (machine, [end], input, path, emit) =>
    machine.each(end!, input, (to) => count(machine, 0, to, 1, (value) => emit(value, computed(path)))),
  'range/2': (machine, [start, end], input, path, emit) =>
    machine.each(start!, input, (from) =>
      machine.each(end!, input, (to) => count(machine, from, to, 1, (value) => emit(value, computed(path)))),
    ),
  'range/3': (machine, [start, end, by], input, path, emit) =>
    machine.each(start!, input, (from) =>
      machine.each(end!, input, (to) =>
        machine.each(by!, input, (step) =>
          count(machine, from, to, step, (value) => emit(value, computed(path))),
        ),
      ),
    ),
  'first/1': (machine, [of], input, path, emit) => takeFirst(machine, of!, 1, input, path, emit),
  'limit/2': (machine, [number, of], input, path, emit) =>
    machine.each(number!, input, (most) => {
      if (typeof most !== 'number') throw new JqError('Invalid arguments to limit');
      if (most > 0) takeFirst(machine, of!, most, input, path, emit);
    }),
  'skip/2': (machine, [number, of], input, path, emit) =>
    machine.each(number!, input, (most) => {
      let left = Number(most);
      machine.run(of!.body, of!.environment, input, path, (output, place) => {
        if (left-- > 0) return;
        emit(output, place);
      });
    }),
  'last/1': (machine, [of], input, path, emit) => {
    let last: (() => void) | undefined;
    machine.run(of!.body, of!.environment, input, path, (output, place) => {
      last = () => emit(output, place);
    });
    last?.();
  },
  'until/2': (machine, [condition, update], input, path, emit) =>
    until(machine, condition!, update!, input, (value) => emit(value, computed(path))),
  'while/2': (machine, [condition, update], input, path, emit) =>
    repeat(machine, condition, update!, input, (value) => emit(value, computed(path))),
  'repeat/1': (machine, [update], input, path, emit) =>
    repeat(machine, undefined, update!, input, (value) => emit(value, computed(path))),
  'any/2': (machine, [of, condition], input, path, emit) =>
    emit(decides(machine, of!, condition!, input, true), computed(path)),
  'all/2': (machine, [of, condition], input, path, emit) =>
    emit(!decides(machine, of!, condition!, input, false), computed(path)),
  'sort_by/1': (machine, [by], input, path, emit) =>
    emit(
      ordered(machine, by!, input, 'sorted').map(([, item]) => item),
      computed(path),
    ),
  'group_by/1': (machine, [by], input, path, emit) => emit(grouped(machine, by!, input), computed(path)),
  'unique_by/1': (machine, [by], input, path, emit) =>
    emit(
      grouped(machine, by!, input).map(([first]) => first!),
      computed(path),
    ),
  'min_by/1': (machine, [by], input, path, emit) => emit(extreme(machine, by!, input, -1), computed(path)),
  'max_by/1': (machine, [by], input, path, emit) => emit(extreme(machine, by!, input, 1), computed(path)),
};

function count(machine: Machine, from: Json, to: Json, by: Json, emit: (value: number) => void): void {
  if (typeof from !== 'number' || typeof to !== 'number' || typeof by !== 'number')
    throw new JqError('Range bounds must be numeric');
  const goesOn = (value: number) => (by > 0 ? value < to : by < 0 ? value > to : from < to);
  for (let value = from; goesOn(value); value += by) {
    machine.meter.charge(1 / 4);
    emit(value);
  }
}

function takeFirst(
  machine: Machine,
  { body, environment }: Closure,
  most: number,
  input: Json,
  path: Parameters<Filters[string]>[3],
  emit: Parameters<Filters[string]>[4],
): void {
  let taken = 0;
  let last: (() => void) | undefined;
  machine.until((leave) =>
    machine.run(body, environment, input, path, (output, place) => {
      taken++;
      if (taken < most) return emit(output, place);
      last = () => emit(output, place);
      leave();
    }),
  );
  // Outside, so that what comes after it may go on for as long as it likes.
  last?.();
}

/** Each output that is the only one goes on in this loop, without growing the stack. */
function until(
  machine: Machine,
  condition: Closure,
  update: Closure,
  input: Json,
  emit: (value: Json) => void,
): void {
  let value = input;
  for (;;) {
    const verdicts = machine.collect(condition, value);
    if (verdicts.length === 1 && isTrue(verdicts[0]!)) return emit(value);
    const next = machine.collect(update, value);
    if (verdicts.length === 1 && next.length === 1) {
      value = next[0]!;
      continue;
    }
    machine.meter.enter();
    for (const verdict of verdicts) {
      if (isTrue(verdict)) emit(value);
      else for (const output of next) until(machine, condition, update, output, emit);
    }
    return machine.meter.leave();
  }
}

/** The input, and that of every turn after it, while the condition holds. */
function repeat(
  machine: Machine,
  condition: Closure | undefined,
  update: Closure,
  input: Json,
  emit: (value: Json) => void,
): void {
  let value = input;
  for (;;) {
    machine.meter.charge(1 / 4);
    if (condition !== undefined && !machine.collect(condition, value).some(isTrue)) return;
    emit(value);
    const next = machine.collect(update, value);
    if (next.length === 1) {
      value = next[0]!;
      continue;
    }
    machine.meter.enter();
    for (const output of next) repeat(machine, condition, update, output, emit);
    return machine.meter.leave();
  }
}

/** Whether some output meets the condition, or fails to. */
function decides(machine: Machine, of: Closure, condition: Closure, input: Json, sought: boolean): boolean {
  let found = false;
  machine.until((leave) =>
    machine.each(of, input, (output) =>
      machine.each(condition, output, (verdict) => {
        if (isTrue(verdict) !== sought) return;
        found = true;
        leave();
      }),
    ),
  );
  return found;
}

function keyed(machine: Machine, by: Closure, input: Json, what: string): (readonly [Json, Json])[] {
  const list = requireList(input, `${describe(input)} cannot be ${what}, as it is not an array`);
  return list.map((item) => [machine.collect(by, item), item] as const);
}

function ordered(machine: Machine, by: Closure, input: Json, what: string) {
  return sortBy(keyed(machine, by, input, what), machine.meter);
}

function grouped(machine: Machine, by: Closure, input: Json): Json[][] {
  const groups: { readonly key: Json; readonly items: Json[] }[] = [];
  for (const [key, item] of ordered(machine, by, input, 'grouped')) {
    const last = groups.at(-1);
    if (last !== undefined && compare(last.key, key, machine.meter) === 0) last.items.push(item);
    else groups.push({ key, items: [item] });
  }
  return groups.map(({ items }) => items);
}

/** The first of the smallest, or the last of the largest. */
function extreme(machine: Machine, by: Closure, input: Json, sign: 1 | -1): Json {
  let best: readonly [Json, Json] | undefined;
  for (const entry of keyed(machine, by, input, 'compared')) {
    const difference = best === undefined ? 1 : compare(entry[0], best[0], machine.meter) * sign;
    if (difference > 0 || (difference === 0 && sign === 1)) best = entry;
  }
  return best?.[1] ?? null;
}
