import type { Json } from '../../../json.js';
import type { Closure, Environment } from './environment.js';
import type { Machine } from './machine.js';
import { add, operate } from './operators.js';
import { deletePaths, getPath, updatePath } from './paths.js';
import type { Ast } from './syntax.js';
import { isTrue } from './values.js';

/** `=`, `|=` and their kin: the input with other values at the places that the left side names. */
export function assign(
  machine: Machine,
  ast: Extract<Ast, { type: 'assign' }>,
  environment: Environment,
  value: Json,
  give: (output: Json) => void,
): void {
  const { meter } = machine;
  const target = { body: ast.left, environment };
  if (ast.operator === '|=') return give(update(machine, target, { body: ast.right, environment }, value));
  machine.run(ast.right, environment, value, undefined, (right) => {
    let changed = value;
    machine.pathsOf(target, value, (keys) => {
      changed = updatePath(changed, keys, meter, (item) => {
        if (ast.operator === '=') return right;
        if (ast.operator === '//=') return isTrue(item) ? item : right;
        return ast.operator === '+='
          ? add(item, right, meter)
          : operate(ast.operator.slice(0, -1) as '-', item, right, meter);
      });
    });
    give(changed);
  });
}

/** The first output of `by` at each place; what has none is deleted. */
function update(machine: Machine, target: Closure, by: Closure, value: Json): Json {
  const deleted: Json[] = [];
  let changed = value;
  machine.pathsOf(target, value, (keys) => {
    let first: Json | undefined;
    machine.until((leave) =>
      machine.each(by, getPath(changed, keys, machine.meter), (output) => {
        first = output;
        leave();
      }),
    );
    if (first === undefined) deleted.push(keys);
    else changed = updatePath(changed, keys, machine.meter, () => first!);
  });
  return deleted.length === 0 ? changed : deletePaths(changed, deleted, machine.meter);
}
