import { celEnv } from '@bufbuild/cel';
import { arithmetic } from './arithmetic.js';
import { comparison } from './comparison.js';
import { conversions } from './conversions.js';
import { lists } from './lists.js';
import { texts } from './texts.js';
import { times } from './times.js';

/**
 * CEL's standard functions, those of its strings extension that need no format, and ours in place of the standard ones
 * whose cost would escape the budget or whose result would depend on the machine.
 */
export const ENVIRONMENT = celEnv({
  funcs: [...arithmetic, ...comparison, ...conversions, ...lists, ...texts, ...times],
});

const calls = new Set(
  [...ENVIRONMENT.funcs].map((func) => callKey(func.name, func.target !== undefined, func.arguments.length)),
);

/** Whether some overload of a function takes a call of this form. */
export function acceptsCall(name: string, isMethod: boolean, args: number): boolean {
  return calls.has(callKey(name, isMethod, args));
}

function callKey(name: string, isMethod: boolean, args: number): string {
  return `${isMethod ? '.' : ''}${name}/${args}`;
}
