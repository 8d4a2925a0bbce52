import type { Template } from '../../plan/plan.js';
import { jq } from './expressions.js';

/**
 * A URI template (RFC 6570, levels 1 and 2 without fragments) over the members of the task's input. Undefined where it
 * uses more than that.
 */
export function readUriTemplate(text: string): Template | undefined {
  const parts: (string | ReturnType<typeof jq>)[] = [];
  let at = 0;
  for (const found of text.matchAll(/\{([^{}]*)\}/g)) {
    const names = /^(\+?)([A-Za-z0-9_%.-]+(?:,[A-Za-z0-9_%.-]+)*)$/.exec(found[1]!);
    if (names === null) return undefined;
    if (found.index > at) parts.push(text.slice(at, found.index));
    parts.push(jq(expand(names[2]!.split(','), names[1] === '+')));
    at = found.index + found[0].length;
  }
  if (parts.length === 0) return { kind: 'literal', value: text };
  if (at < text.length) parts.push(text.slice(at));
  return { kind: 'text', parts };
}

/** Values joined by commas; what is missing leaves nothing behind. */
function expand(names: readonly string[], reserved: boolean): string {
  const values = names.map((name) => `.[${JSON.stringify(name)}]`).join(', ');
  const encode = reserved ? '' : ' | @uri';
  return `[if type == "object" then ${values} else empty end | values | if type == "string" then . else tojson end${encode}] | join(",")`;
}
